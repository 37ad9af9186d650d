import { useEffect } from "preact/hooks";
import { remove } from "../api/http";
import type { SessionList, SessionRow } from "../api/shapes";
import type { Fetched } from "../app/fetched";
import { useTrying } from "../app/trying";
import { Sure } from "../form/Sure";
import { day, dayAndTime } from "../time/format";
import { words } from "../words";
import { device } from "./device";

/** Where this person is signed in. */
export function Places({ places }: { places: Fetched<SessionList> }) {
  const { busy, problem, run } = useTrying();
  useEffect(() => {
    const seen = (): void => void (document.visibilityState === "visible" && places.again());
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);
  const rows = places.value.value?.sessions;
  const end = (path: string): void => void run(() => remove(path)).then(places.again);
  const here = (row: SessionRow): number => (row.current ? 0 : 1);
  return (
    <section class="card" aria-labelledby="places">
      <h2 id="places">{words.account.places}</h2>
      {!rows && <p class="quiet" role="status">{places.problem.value?.detail ?? words.loading}</p>}
      <ul class="rows">
        {[...(rows ?? [])].sort((a, b) => here(a) - here(b)).map((row) => {
          const name = deviceName(row.device);
          return (
            <li key={row.id}>
              <p><strong>{name}</strong> {row.current && <span class="tag">{words.account.thisOne}</span>}</p>
              <p class="quiet">{words.account.sinceAndSeen(day(row.created_at), dayAndTime(row.seen_at))}</p>
              {!row.current && (
                <Sure label={words.session.signOut} about={name} question={words.account.endSure(name)} busy={busy.value} run={() => end(`/api/sessions/${row.id}`)} />
              )}
            </li>
          );
        })}
      </ul>
      <p role="alert" class="says">{problem.value?.detail}</p>
      {(rows?.length ?? 0) > 2 && (
        <p class="rule"><Sure label={words.account.endOthers} question={words.account.endOthersSure} busy={busy.value} run={() => end("/api/sessions")} /></p>
      )}
    </section>
  );
}

function deviceName(agent: string): string {
  const found = device(agent);
  if (!found) return words.account.unknownDevice;
  return words.account.device(found.browser, found.system);
}
