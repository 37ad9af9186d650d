import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Sure } from "../form/Sure";
import { route } from "../app/router";
import { clock, dayAndTime, size } from "../time/format";
import { transferOf } from "../upload/store";
import { words } from "../words";
import { filming } from "../words/filming";
import { fileOf, type Kept } from "./kept";
import { deleteTake, refusals, sending, sendKept, tidy, waitingHere } from "./sending";
import { take } from "./take";
import "./record.css";

type Waiting = Awaited<ReturnType<typeof waitingHere>>[number];

/** Recordings of this person that are on this device and not yet at Farfield. What was being sent goes on by itself. */
export function LeftOver({ me }: { me: string }) {
  const found = useSignal<Waiting[]>([]);
  const page = route.value.page;
  async function look(): Promise<void> {
    found.value = await waitingHere(me);
  }
  useEffect(() => void look().catch(() => undefined), [me, page, take.value, sending.value, refusals.value]);
  useEffect(() => void goOn(me).catch(() => undefined), [me]);
  const running = take.value?.running.value && page !== "film" ? take.value : null;
  // A take that has just ended is told of by its own screen.
  const own = page === "film" ? take.value?.kept.value.lesson : undefined;
  const shown = found.value.filter(({ kept }) => !kept.sent && kept.lesson !== own);
  return (
    <>
      {running && (
        <section class="card narrow">
          <p>{filming.waitsRunning} <a href={`/cycles/${running.kept.value.cycle}/film`}>{filming.backToIt}</a></p>
        </section>
      )}
      {shown.map((one) => <Card key={one.kept.lesson} {...one} again={() => void look()} />)}
    </>
  );
}

let went: string | null = null;

/** Once a page and person: what the teacher wanted sent is sent on, and what can be watched at Farfield leaves this device. */
async function goOn(me: string): Promise<void> {
  if (went === me) return;
  went = me;
  for (const { kept } of await waitingHere(me)) {
    if (kept.sent) void tidy(signal(kept));
    else if (kept.send) await sendKept(kept);
  }
}

function Card({ kept, file, again }: Waiting & { again: () => void }) {
  const busy = useSignal(false);
  const say = filming;
  const transfer = transferOf(kept.lesson, "recording");
  const now = transfer?.standing.value;
  const going = sending.value.has(kept.lesson);
  const refused = refusals.value.get(kept.lesson);
  if (now?.phase === "done") return null;
  return (
    <section class="card narrow">
      <h2 dir="auto">{say.waits(kept.title, dayAndTime(kept.begun_at))}</h2>
      <p>{say.waitsSays(clock(kept.duration_ms), size(file.size))}</p>
      {kept.ending === null ? <p class="quiet">{say.waitsCut}</p> : say.endings[kept.ending] && <p class="quiet">{say.endings[kept.ending]}</p>}
      {going && <p role="status">{now && !now.waiting ? say.waitsSending(size(now.stored), size(file.size)) : say.waitsBegins}</p>}
      {refused && <p role="alert">{say.notTaken(refused)}</p>}
      <div class="actions">
        {going ? transfer && route.value.page !== "upload" && <a class="button" href={`/lessons/${kept.lesson}/upload`}>{say.show}</a>
          : <button type="button" class="main" disabled={busy.value} onClick={() => void sendKept(kept)}>{say.send}</button>}
        <Sure
          label={say.remove} about={kept.title} question={kept.created ? say.removeSureSent : say.removeSure} busy={busy.value}
          run={() => { busy.value = true; void deleteTake(kept).then(again).finally(() => (busy.value = false)); }}
        />
      </div>
      <Look kept={kept} />
    </section>
  );
}

/** Played from this device itself. */
export function Look({ kept }: { kept: Kept }) {
  const url = useSignal<string | null>(null);
  useEffect(() => () => void (url.value && URL.revokeObjectURL(url.value)), []);
  async function show(): Promise<void> {
    const file = await fileOf(kept);
    // Chromium plays Matroska under the name of its smaller sister only.
    if (file) url.value = URL.createObjectURL(new Blob([file], { type: kept.type.replace("x-matroska", "webm") }));
  }
  if (!url.value) return <p><button type="button" class="plain" onClick={() => void show()}>{filming.look}</button></p>;
  return <video class="preview" src={url.value} controls playsInline aria-label={words.room.video} />;
}
