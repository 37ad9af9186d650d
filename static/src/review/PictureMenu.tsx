import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { playing as says } from "../words/playing";
import "./picture.css";
import type { Facts } from "./hls";
import type { Playback } from "./playback";
import { type Rung, SAVER_SIDE } from "./rungs";
import { saver, setSaver } from "./saving";

const LOOK_EVERY_MS = 1_000;

/** What comes over the line: the data saver, sound alone, the size of the picture, and how it plays just now. */
export function PictureMenu({ playback }: { playback: Playback }) {
  const open = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();

  function close(): void {
    open.value = false;
    opener.current?.focus();
  }

  useEffect(() => {
    if (!open.value) return;
    panel.current?.querySelector("input")?.focus();
    const outside = ({ target }: Event): void => {
      if (!panel.current?.contains(target as Node) && !opener.current?.contains(target as Node)) open.value = false;
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open.value]);

  return (
    <span class="picture-menu">
      <button
        ref={opener} type="button" class="plain" aria-label={says.menu} title={says.menu} aria-expanded={open.value}
        aria-controls={id} onClick={() => (open.value ? close() : (open.value = true))}
      >
        <svg class="icon" viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
          <path d="M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
        </svg>
      </button>
      {open.value && (
        <div
          ref={panel} id={id} class="panel" role="group" aria-label={says.menu}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            event.stopPropagation();
            close();
          }}
        >
          <Choices playback={playback} />
        </div>
      )}
    </span>
  );
}

function Choices({ playback }: { playback: Playback }) {
  const details = useSignal(false);
  const rungs = playback.rungs.value;
  const offered = rungs.filter(({ side }, n) => !saver.value || side <= SAVER_SIDE || n === 0);
  const side = playback.side.value;
  return (
    <>
      <label class="switch">
        <input type="checkbox" checked={saver.value} onChange={(event) => setSaver(event.currentTarget.checked)} />
        <span>{says.saver} <span class="quiet small">{says.saverHint(SAVER_SIDE)}</span></span>
      </label>
      <label class="switch">
        <input
          type="checkbox" checked={playback.soundOnly.value} disabled={playback.noSound.value}
          onChange={(event) => playback.setSoundOnly(event.currentTarget.checked)}
        />
        <span>{says.onlySound} {playback.noSound.value && <span class="quiet small">{says.noSound}</span>}</span>
      </label>
      {rungs.length > 1 && !playback.soundOnly.value && (
        <label class="quality">
          <span>{says.quality}</span>
          <select
            value={side !== null && offered.some((rung) => rung.side === side) ? String(side) : ""}
            onChange={({ currentTarget: { value } }) => playback.setSide(value ? Number(value) : null)}
          >
            <option value="">{says.auto}</option>
            {offered.map((rung) => <option key={rung.side} value={String(rung.side)}>{says.side(rung.side)}</option>)}
          </select>
        </label>
      )}
      <button type="button" class="plain details" aria-expanded={details.value} onClick={() => (details.value = !details.value)}>
        {says.details}
      </button>
      {details.value && <Details playback={playback} rungs={rungs} />}
    </>
  );
}

function Details({ playback, rungs }: { playback: Playback; rungs: readonly Rung[] }) {
  const facts = useSignal<Facts>(playback.facts());
  useEffect(() => {
    const timer = setInterval(() => (facts.value = playback.facts()), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [playback]);
  const { width, height, bits, line, bufferedS, dropped, bytes } = facts.value;
  const largest = rungs.at(-1)?.bits ?? 0;
  const { facts: say } = says;
  return (
    <dl class="facts">
      <dt>{say.picture}</dt><dd>{width ? say.size(width, height) : say.none}</dd>
      {bits > 0 && <><dt>{say.needs}</dt><dd>{say.kbit(bits)}</dd></>}
      {line > 0 && <><dt>{say.line}</dt><dd>{say.kbit(line)}</dd></>}
      <dt>{say.ahead}</dt><dd>{say.seconds(bufferedS)}</dd>
      <dt>{say.dropped}</dt><dd>{dropped}</dd>
      {bytes > 0 && <><dt>{say.used}</dt><dd>{say.megabytes(bytes)}</dd></>}
      {saver.value && bits > 0 && largest > bits && <><dt>{say.saves}</dt><dd>{say.aMinute(((largest - bits) * 60) / 8)}</dd></>}
    </dl>
  );
}
