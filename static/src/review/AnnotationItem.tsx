import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Sure } from "../form/Sure";
import { newId } from "../ids/uuid";
import type { Fresh } from "../live/fresh";
import { submit } from "../outbox/outbox";
import { PersonName } from "../people/Face";
import { clock, dayAndTime } from "../time/format";
import { words } from "../words";
import { Earlier } from "./Earlier";
import { EditForm } from "./EditForm";
import { commandsOf, type Entry, notebookOf } from "./entries";
import { Fate } from "./Fate";
import { KindMark } from "./KindMark";
import type { Playback } from "./playback";
import { ReplyItem } from "./ReplyItem";
import { otherOf, type Room } from "./room";
import { kept, TextForm } from "./TextForm";

interface Props { entry: Entry; room: Room; playback: Playback; fresh: Fresh; current: boolean }

export function AnnotationItem({ entry, room, playback, fresh, current }: Props) {
  const who = room.people(entry.by);
  const changing = useSignal(who.me && kept(entry.id) !== null);
  const span = entry.end_ms === null ? clock(entry.start_ms) : `${clock(entry.start_ms)}–${clock(entry.end_ms)}`;
  const isNew = fresh.has(entry.id);
  const says = words.corrections;
  return (
    <li
      class={`entry ${who.role} ${current ? "current" : ""} ${entry.unsent ? "unsent" : ""} ${isNew ? "fresh" : ""} ${entry.done ? "settled" : ""}`}
      data-annotation={entry.id} aria-current={current ? "time" : undefined} tabIndex={-1}
    >
      <p class="line">
        <button type="button" class="time" aria-label={words.room.goTo(span)} onClick={() => playback.seek(entry.start_ms)}>{span}</button>
        {!entry.gone && <KindMark kind={entry.kind} />}
        <PersonName role={who.role} name={who.me ? `${who.name} (${words.you})` : who.name} />
        {entry.own && <span class="tag">{words.room.onlyYouShort}</span>}
        {isNew && <span class="new">{says.fresh}</span>}
        {entry.flagged && <span class="tag">{says.flag}</span>}
        {entry.done && <span class="tag">{says.isDone(entry.done.by && room.people(entry.done.by).name)}</span>}
      </p>
      {changing.value
        ? <EditForm entry={entry} room={room} playback={playback} onClose={() => (changing.value = false)} />
        : entry.gone ? <p class="quiet">{entry.unsent ? says.removing : says.removed}</p> : <Said entry={entry} />}
      {entry.unsent ? <Fate unsent={entry.unsent} /> : <p class={entry.edited_at && !entry.gone ? "quiet" : "unseen"}>{dayAndTime(entry.at)}{entry.edited_at && !entry.gone ? `, ${says.edited}` : ""}</p>}
      {who.me && !entry.gone && <Earlier texts={room.earlier[entry.id]} />}
      {entry.replies.length > 0 && (
        <ul class="replies">{entry.replies.map((reply) => <ReplyItem key={reply.id} entry={entry} reply={reply} room={room} fresh={fresh.has(reply.id)} />)}</ul>
      )}
      {!changing.value && <Actions entry={entry} room={room} edit={() => (changing.value = true)} />}
    </li>
  );
}

/** The words, and what they are about. */
function Said({ entry }: { entry: Entry }) {
  const { question, move, tags } = entry;
  return (
    <>
      <p class="body" dir="auto">{entry.body}</p>
      {question && <p class="small about"><span class="quiet">{words.corrections.about}</span> <span dir="auto">{question.text || words.corrections.questionRemoved}</span></p>}
      {(move !== null || tags.length > 0) && (
        <p class="line small tags-of">
          {move !== null && <span class="tag">{words.corrections.moveShort[move]}</span>}
          {tags.map(({ framework, version, code, label }) => <span key={`${framework} ${code}`} class="tag" title={`${framework} ${version}`}>{code} {label}</span>)}
        </p>
      )}
    </>
  );
}

function Actions({ entry, room, edit }: { entry: Entry; room: Room; edit(): void }) {
  const more = useSignal(false);
  const replying = useSignal(kept(`reply.${entry.id}`) !== null);
  const opener = useRef<HTMLButtonElement>(null);
  const opened = useRef(false);
  const isOpen = replying.value;
  useLayoutEffect(() => {
    // The keyboard goes on where it was before.
    if (!isOpen && opened.current) opener.current?.focus({ preventScroll: true });
    opened.current = isOpen;
  }, [isOpen]);
  const says = words.corrections;
  const path = commandsOf(room.lesson);
  const mine = entry.by === room.me;
  const open = !room.cycle.closed;
  const pair = room.role !== "observer";
  if (entry.gone || entry.unsent?.body.type === "add_annotation") return null;
  if (isOpen) {
    return (
      <TextForm
        label={words.room.replyTo(room.people(entry.by).name)} shelf={`reply.${entry.id}`} text="" send={words.room.sendReply}
        onSend={(body) => submit(path, { type: "add_reply", annotation: entry.id, reply: newId(), body })} onClose={() => (replying.value = false)}
      />
    );
  }
  const remove = entry.own
    ? (): void => submit(notebookOf(room.cycle.id), { type: "remove_draft", draft: entry.id })
    : (): void => submit(path, { type: "remove_annotation", annotation: entry.id });
  const settled = entry.unsent === null;
  const others = (mine && settled) || (open && pair && !entry.own);
  return (
    <p class="actions own" onKeyDown={({ key }) => key === "Escape" && (more.value = false)}>
      {open && !entry.own && <button type="button" ref={opener} class="plain reply" onClick={() => (replying.value = true)}>{words.room.reply}</button>}
      {open && entry.own && room.shared && (
        <button type="button" class="plain" onClick={() => submit(path, { type: "publish_drafts", drafts: [entry.id] })}>{says.publish(otherOf(room))}</button>
      )}
      {others && <button type="button" class="plain" aria-expanded={more.value} onClick={() => (more.value = !more.value)}>{more.value ? says.less : says.others}</button>}
      {more.value && open && pair && !entry.own && (
        <>
          <button type="button" class="plain" aria-pressed={entry.flagged} title={says.flagged} onClick={() => submit(path, { type: "flag_annotation", annotation: entry.id, flagged: !entry.flagged })}>{says.flag}</button>
          <button type="button" class="plain" onClick={() => submit(path, { type: "settle_annotation", annotation: entry.id, done: entry.done === null })}>{entry.done ? says.reopen : says.done}</button>
        </>
      )}
      {more.value && mine && open && settled && <button type="button" class="plain" onClick={edit}>{says.edit}</button>}
      {more.value && mine && settled && <Sure label={says.remove} question={says.removeSure} busy={false} run={remove} />}
    </p>
  );
}
