import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Sure } from "../form/Sure";
import { session } from "../session/session";
import { clock, size } from "../time/format";
import { transferOf } from "../upload/store";
import { filming } from "../words/filming";
import { Facts } from "./Facts";
import { Preview } from "./Preview";
import type { Take } from "./take";

/** The time, large and calm; one thing to press. */
export function Filming({ take }: { take: Take }) {
  const elapsed = useSignal(take.elapsed);
  useEffect(() => {
    const timer = setInterval(() => (elapsed.value = take.elapsed), 250);
    return () => clearInterval(timer);
  }, [take]);
  const say = filming;
  const kept = take.kept.value;
  return (
    <section class="card film now" aria-label={say.begun}>
      <Preview stream={take.stream} />
      <div class="while">
        <h1 class="begun"><span class="dot" aria-hidden="true" />{say.begun}</h1>
        <p class="elapsed" role="timer" aria-label={say.elapsed(clock(elapsed.value))}>{clock(elapsed.value)}</p>
        <div class="actions"><Sure main label={say.stop} question={say.stopSure} busy={false} run={() => void take.stop("stopped")} /></div>
        <Facts stream={take.stream} quality={take.quality} running />
        <p class="quiet">{say.kept(size(take.written.value))} <Sent lesson={kept.lesson} all={take.written.value} wanted={kept.send} /></p>
        <p class="quiet">{say.keepOpen}</p>
        {kept.away.map(([from, to]) => <p key={from} class="notice" role="status">{say.wasAway(clock(from), clock(to))}</p>)}
      </div>
    </section>
  );
}

function Sent({ lesson, all, wanted }: { lesson: string; all: number; wanted: boolean }) {
  if (!wanted) return null;
  const transfer = transferOf(lesson, "recording");
  const now = transfer?.standing.value;
  if (session.value === null) return <>{filming.signedOut}</>;
  if (!now || now.waiting) return <>{filming.noLink}</>;
  return <>{filming.safe(size(now.stored), size(all))}</>;
}
