import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { room } from "../device/room";
import { USUAL_RATE } from "../upload/plan";
import { FileSource } from "../upload/source";
import { size } from "../time/format";
import { words } from "../words";
import { crashed } from "./crash";
import { decide, type Decision, soundFirst, type SoundFirst } from "./decide";
import { NotMade, type Film, type Why } from "./film";
import { canKeep, tidy } from "./kept";
import { AS_IT_IS, type Ways } from "./ways";
import { look, tryOut } from "./worker";

/** Below this, seconds on the way, nothing is worth looking into. */
const WORTH_LOOKING = 60;

interface Found { film: Film; decision: Decision | null; sound: { small: SoundFirst | null; original: SoundFirst | null }; crashed: boolean }

/**
 * The choice of how a picked film goes: as it is or smaller, the sound first or not. Shows nothing where there is nothing to
 * choose. `rate`: bytes a second, null where nothing was measured. What is recommended is chosen already.
 */
export function WaysToSend({ file, rate, ways }: { file: File; rate: number | null; ways: Signal<Ways> }) {
  // Another upload of this page measures on: what was chosen must not be chosen anew for that.
  const measured = useMemo(() => rate, [file]);
  const found = useSignal<Found | null>(null);
  const looking = useSignal(false);
  const why = useSignal<Why | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    ways.value = AS_IT_IS;
    found.value = why.value = null;
    if (canKeep() && file.size / (measured ?? USUAL_RATE) >= WORTH_LOOKING) {
      looking.value = true;
      void tidy();
      examine(file, measured, gone.signal, (now) => {
        found.value = now;
        ways.value = recommended(now);
      }).catch((error: unknown) => {
        if (!gone.signal.aborted) why.value = error instanceof NotMade ? error.why : "broke";
      }).finally(() => {
        if (!gone.signal.aborted) looking.value = false;
      });
    }
    return () => gone.abort();
  }, [file]);

  const say = words.smaller;
  const now = found.value;
  if (looking.value) return <p class="quiet" role="status">{say.looking}</p>;
  if (!now) return null;
  const { decision, film } = now;
  const sound = ways.value.small ? now.sound.small : now.sound.original;
  const blind = film.picture && !film.picture.decodes;
  if (!decision && !sound) return blind ? <p class="quiet">{say.why.no_decoder}</p> : null;

  function choose(small: boolean): void {
    const chosen = wayOf(now!, small);
    ways.value = { ...chosen, sound: ways.value.sound && chosen.sound };
  }
  return (
    <fieldset class="field">
      <legend>{say.title}</legend>
      {decision && (
        <>
          <Way
            name={decision.recommended ? say.smallBest : say.small} chosen={ways.value.small !== null} choose={() => choose(true)}
            says={say.smallSays(size(decision.small.bytes), size(decision.original.bytes), decision.small.seconds, decision.making)}
          />
          <Way
            name={say.asItIs} chosen={ways.value.small === null} choose={() => choose(false)}
            says={say.asItIsSays(size(decision.original.bytes), decision.original.seconds)}
          />
          {now.crashed && <p class="notice">{say.crashed}</p>}
        </>
      )}
      {blind && <p class="quiet">{say.why.no_decoder}</p>}
      {sound && (
        <>
          <label class="check">
            <input
              type="checkbox" checked={ways.value.sound !== null} aria-describedby="sound-first"
              onChange={(event) => (ways.value = { ...ways.value, sound: event.currentTarget.checked ? sound : null })}
            />
            <span>{say.sound}</span>
          </label>
          <small id="sound-first" class="quiet">{say.soundSays(size(sound.bytes), sound.seconds)}</small>
        </>
      )}
    </fieldset>
  );
}

function Way({ name, says, chosen, choose }: { name: string; says: string; chosen: boolean; choose(): void }) {
  return (
    <>
      <label class="check">
        <input type="radio" name="way" checked={chosen} onChange={choose} />
        <span>{name}</span>
      </label>
      <small class="quiet">{says}</small>
    </>
  );
}

/** Smaller or as it is, with the sound that could go first. */
function wayOf({ film, decision, sound }: Found, smaller: boolean): Ways {
  if (!smaller || !decision) return { small: null, sound: sound.original };
  const { aim, making, small: { bytes } } = decision;
  return { small: { aim, film, bytes, making }, sound: sound.small };
}

function recommended(found: Found): Ways {
  const way = wayOf(found, found.decision?.recommended ?? false);
  return { ...way, sound: way.sound?.recommended ? way.sound : null };
}

/** Looks at the film, and tries a few seconds of it where a smaller copy might pay. */
async function examine(file: File, rate: number | null, signal: AbortSignal, tell: (found: Found) => void): Promise<void> {
  const film = await look(file, signal);
  const before = crashed(await new FileSource(file).fingerprint());
  const given = { film, size: file.size, rate, speed: null, room: await room(), crashed: before };
  let decision = decide(given);
  if (decision && !before) {
    const speed = await tryOut(file, decision.aim, signal).catch(() => 0);
    decision = speed > 0 ? decide({ ...given, speed }) : null;
  }
  if (signal.aborted) return;
  const original = decision?.original ?? { bytes: file.size, seconds: file.size / (rate ?? USUAL_RATE) };
  tell({
    film, decision, crashed: before,
    sound: { small: decision && soundFirst(film, decision.small, rate), original: soundFirst(film, original, rate) },
  });
}
