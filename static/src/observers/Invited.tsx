import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { post } from "../api/http";
import type { CycleState, ObserverInvitation, ObserverLink } from "../api/shapes";
import { useCommand } from "../app/command";
import { useTrying } from "../app/trying";
import { CopyOnce } from "../form/CopyOnce";
import { Sure } from "../form/Sure";
import type { OpenCycle } from "../live/cycle";
import { day } from "../time/format";
import { words } from "../words";
import { lastDay } from "./days";
import { fetchInvitations, invitationsOf } from "./invitations";
import { scopeOf } from "./scope";

/** Those who were invited and have not come yet. `turn`: changes when there may be another. */
export function Invited({ page, cycle, turn }: { page: OpenCycle; cycle: CycleState; turn: number }) {
  useEffect(() => void fetchInvitations(page.id), [page.id, turn, Object.keys(cycle.observers).join()]);
  const rows = invitationsOf(page.id).value?.invitations ?? [];
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{words.observers.invited}</h3>
      <ul class="rows">{rows.map((row) => <Row key={row.observer} page={page} row={row} />)}</ul>
    </section>
  );
}

function Row({ page, row }: { page: OpenCycle; row: ObserverInvitation }) {
  const back = useCommand(`/api/cycles/${page.id}/commands`);
  const making = useTrying();
  const link = useSignal<string | null>(null);
  const name = row.email ?? row.name ?? words.observers.aLink;
  async function takeBack(): Promise<void> {
    await back.run({ type: "end_observing", observer: row.observer });
    await fetchInvitations(page.id);
  }
  async function make(): Promise<void> {
    const made = await making.run(() => post<ObserverLink>(`/api/cycles/${page.id}/observers/${row.observer}/link`, undefined));
    if (made) link.value = made.done.link;
    else await fetchInvitations(page.id);
  }
  return (
    <li>
      <p class="line"><strong class="break" dir="auto">{name}</strong> <span class="quiet" dir="auto">{scopeOf(page, row.lesson)}</span></p>
      {row.letter && <p class={row.letter === "failed" || row.letter === "dropped" ? "says" : "quiet"}>{words.observers.letter[row.letter]}</p>}
      <p class="quiet">{words.observers.invitedSays(lastDay(row.until), day(row.expires_at))}</p>
      <p class="actions">
        {row.email === null && <button type="button" disabled={making.busy.value} onClick={() => void make()}>{words.observers.makeLink}</button>}
        <Sure label={words.observers.back} about={name} question={words.observers.backSure} busy={back.busy.value} run={() => void takeBack()} />
      </p>
      {link.value && <CopyOnce label={words.observers.link} text={link.value} />}
      <p role="alert" class="says">{back.says.value ?? making.problem.value?.detail}</p>
    </li>
  );
}
