import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Unsent } from "../outbox/command";
import { discard, heldUp, sendAgain, submit } from "../outbox/outbox";
import { newId } from "../ids/uuid";
import { PersonName } from "../people/Face";
import { clock, dayAndTime } from "../time/format";
import { words } from "../words";
import { commandsOf, type Entry, type ReplyEntry } from "./entries";
import { KindMark } from "./KindMark";
import type { People } from "./people";

interface Props { entry: Entry; lesson: string; people: People; current: boolean; onSeek(ms: number): void }

export function AnnotationItem({ entry, lesson, people, current, onSeek }: Props) {
  const who = people(entry.by);
  const span = entry.end_ms === null ? clock(entry.start_ms) : `${clock(entry.start_ms)}–${clock(entry.end_ms)}`;
  return (
    <li class={`entry ${who.role} ${current ? "current" : ""} ${entry.unsent ? "unsent" : ""}`} data-annotation={entry.id} aria-current={current ? "time" : undefined}>
      <p class="line">
        <button type="button" class="time" aria-label={words.room.goTo(span)} onClick={() => onSeek(entry.start_ms)}>{span}</button>
        <KindMark kind={entry.kind} />
        <PersonName role={who.role} name={who.me ? `${who.name} (${words.you})` : who.name} />
        {entry.own && <span class="tag">{words.room.onlyYouShort}</span>}
      </p>
      <p class="body">{entry.body}</p>
      {entry.unsent ? <Fate unsent={entry.unsent} /> : <p class="unseen">{dayAndTime(entry.at)}</p>}
      {entry.replies.length > 0 && <ul class="replies">{entry.replies.map((reply) => <ReplyItem key={reply.id} reply={reply} people={people} />)}</ul>}
      {!entry.unsent && !entry.own && <ReplyForm entry={entry} lesson={lesson} to={who.name} />}
    </li>
  );
}

function ReplyItem({ reply, people }: { reply: ReplyEntry; people: People }) {
  const who = people(reply.by);
  return (
    <li class={who.role}>
      <p class="line"><PersonName role={who.role} name={who.me ? `${who.name} (${words.you})` : who.name} /> <span class="quiet">{dayAndTime(reply.at)}</span></p>
      <p class="body">{reply.body}</p>
      {reply.unsent && <Fate unsent={reply.unsent} />}
    </li>
  );
}

/** Not confirmed yet, or refused: then the text stays with the reason until its author decides. */
function Fate({ unsent }: { unsent: Unsent }) {
  if (unsent.refused === null) return <p class="quiet" role="status">{heldUp.value ? words.room.unsent : words.room.sending}</p>;
  return (
    <div role="alert">
      <p>{words.room.refused(unsent.refused)}</p>
      <p class="actions">
        <button type="button" onClick={() => sendAgain(unsent.id)}>{words.room.again}</button>
        <button type="button" class="plain" onClick={() => discard(unsent.id)}>{words.room.discard}</button>
      </p>
    </div>
  );
}

function ReplyForm({ entry, lesson, to }: { entry: Entry; lesson: string; to: string }) {
  const open = useSignal(false);
  const body = useSignal("");
  const text = useRef<HTMLTextAreaElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const opened = useRef(false);
  const isOpen = open.value;
  useLayoutEffect(() => {
    // The keyboard goes on where it was before.
    if (!isOpen && opened.current) opener.current?.focus({ preventScroll: true });
    opened.current = isOpen;
    if (!isOpen) return;
    text.current?.focus({ preventScroll: true });
    text.current?.form?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  if (!open.value) {
    return <p><button type="button" ref={opener} class="plain reply" onClick={() => (open.value = true)}>{words.room.reply}</button></p>;
  }
  function send(event: Event): void {
    event.preventDefault();
    const text = body.value.trim();
    if (text === "") return;
    submit(commandsOf(lesson), { type: "add_reply", annotation: entry.id, reply: newId(), body: text });
    body.value = "";
    open.value = false;
  }
  return (
    <form
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key === "Escape") open.value = false;
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
      }}
    >
      <label class="field">
        <span class="unseen">{words.room.replyTo(to)}</span>
        <textarea
          rows={2} maxLength={5000} value={body.value} placeholder={words.room.replyTo(to)}
          ref={text}
          onInput={(event) => (body.value = event.currentTarget.value)}
        />
      </label>
      <p class="actions">
        <button type="submit" class="main">{words.room.sendReply}</button>
        <button type="button" class="plain" onClick={() => (open.value = false)}>{words.room.cancel}</button>
      </p>
    </form>
  );
}
