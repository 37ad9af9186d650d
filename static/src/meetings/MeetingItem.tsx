import { useSignal } from "@preact/signals";
import type { Id, Meeting } from "../api/shapes";
import { useCommand } from "../app/command";
import { useReturn } from "../form/returning";
import { Sure } from "../form/Sure";
import { WrittenField } from "../form/WrittenField";
import { dayAndTime } from "../time/format";
import { words } from "../words";
import type { Two } from "./people";
import { Place } from "./Place";
import { Last, MoveForm } from "./PlanForm";
import { OthersTime } from "./When";

interface Props { meeting: Meeting; cycle: Id; two: Two }

export function MeetingItem({ meeting, cycle, two }: Props) {
  const path = `/api/cycles/${cycle}/commands`;
  const doing = useSignal<"move" | "held" | null>(null);
  const { busy, says, run } = useCommand(path);
  const opener = useReturn(doing.value !== null);
  const begun = Date.parse(meeting.start) <= Date.now();
  const planned = meeting.status === "planned";
  const about = `${words.meetings.kinds[meeting.kind]}, ${dayAndTime(meeting.start)}`;
  const name = <span class="unseen"> {about}</span>;
  const close = (): void => void (doing.value = null);
  return (
    <li class="meeting" data-meeting={meeting.id}>
      <h3>{words.meetings.kinds[meeting.kind]}{!planned && <span class="tag">{standing(meeting)}</span>}</h3>
      <p><strong class="times">{dayAndTime(meeting.start)}</strong>, {words.meetings.lasts(meeting.minutes)}</p>
      {planned && two.other && <p class="quiet"><OthersTime start={meeting.start} two={two} /></p>}
      {meeting.status !== "cancelled" && <Place place={meeting.place} />}
      {two.writes && doing.value === null && meeting.status !== "cancelled" && (
        <p class="actions">
          {planned && !begun && <a class="button" href={`/api/cycles/${cycle}/meetings/${meeting.id}.ics`} download="coaching.ics">{words.meetings.ics}{name}</a>}
          {begun && meeting.status !== "held" && <button type="button" class={planned ? "main" : ""} onClick={() => (doing.value = "held")}>{words.meetings.held}{name}</button>}
          {begun && planned && <button type="button" disabled={busy.value} onClick={() => void run({ type: "miss_meeting", meeting: meeting.id })}>{words.meetings.missed}{name}</button>}
          {meeting.status !== "held" && <button type="button" class="plain" ref={opener} onClick={() => (doing.value = "move")}>{words.meetings.move}{name}</button>}
          {planned && <Sure label={words.meetings.off} about={about} question={words.meetings.offSure} busy={busy.value} run={() => void run({ type: "cancel_meeting", meeting: meeting.id })} />}
        </p>
      )}
      <p role="alert" class="says">{says.value}</p>
      {doing.value === "move" && <MoveForm path={path} two={two} meeting={meeting} close={close} />}
      {doing.value === "held" && <HeldForm path={path} meeting={meeting} close={close} />}
      {meeting.status !== "cancelled" && <Talk meeting={meeting} cycle={cycle} two={two} path={path} />}
    </li>
  );
}

function standing(meeting: Meeting): string {
  if (meeting.status === "held" && meeting.held_minutes !== null) return words.meetings.wasHeld(meeting.held_minutes);
  return words.meetings.status[meeting.status];
}

function HeldForm({ path, meeting, close }: { path: string; meeting: Meeting; close: () => void }) {
  const minutes = useSignal(String(meeting.minutes));
  const missing = useSignal<string | null>(null);
  const { busy, says, run } = useCommand(path);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    const took = Number(minutes.value);
    missing.value = Number.isInteger(took) && took >= 5 && took <= 480 ? null : words.meetings.needMinutes;
    if (missing.value === null && (await run({ type: "end_meeting", meeting: meeting.id, minutes: took }))) close();
  }

  return (
    <form class="rule" onSubmit={(event) => void save(event)} noValidate>
      <label class="field short">
        <span>{words.meetings.heldMinutes}</span>
        <input type="number" inputMode="numeric" min={5} max={480} value={minutes.value} onInput={(event) => (minutes.value = event.currentTarget.value)} />
      </label>
      <Last says={missing.value ?? says.value} busy={busy.value} label={words.meetings.heldSave} close={close} />
    </form>
  );
}

/** What it is to be about, which both write; and the notes of each, which the other one reads. */
function Talk({ meeting, cycle, two, path }: Props & { path: string }) {
  const shown = useSignal(false);
  const others = Object.entries(meeting.notes).filter(([by, { text }]) => by !== two.me && text !== "");
  const own = meeting.notes[two.me];
  const nothing = !meeting.agenda?.text && others.length === 0;
  if (!two.writes && nothing && !own) return null;
  return (
    <details onToggle={(event) => (shown.value = event.currentTarget.open)}>
      <summary>{words.meetings.open}</summary>
      {shown.value && (two.writes ? (
        <>
          <WrittenField
            label={words.meetings.agenda} hint={words.meetings.agendaHint} shelf={`${cycle}.agenda.${meeting.id}`} path={path}
            written={meeting.agenda ?? undefined} command={(text, revision) => ({ type: "write_agenda", meeting: meeting.id, text, revision })}
          />
          <WrittenField
            label={words.meetings.notes} hint={words.meetings.notesHint(two.other?.name ?? "")} shelf={`${cycle}.notes.${meeting.id}`} path={path}
            written={own} command={(text, revision) => ({ type: "write_meeting_notes", meeting: meeting.id, text, revision })}
          />
        </>
      ) : (
        <>
          {meeting.agenda?.text && <Read label={words.meetings.agenda} text={meeting.agenda.text} />}
          {own?.text && <Read label={words.meetings.notes} text={own.text} />}
        </>
      ))}
      {shown.value && others.map(([by, { text }]) => <Read key={by} label={words.meetings.notesOf(two.name(by))} text={text} />)}
    </details>
  );
}

export function Read({ label, text }: { label: string; text: string }) {
  return (
    <div class="field">
      <span>{label}</span>
      <p class="said" dir="auto">{text}</p>
    </div>
  );
}
