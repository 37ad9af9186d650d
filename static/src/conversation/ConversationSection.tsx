import { useEffect, useRef } from "preact/hooks";
import type { CycleMessage, Unnumbered } from "../api/shapes";
import { useCommand } from "../app/command";
import { excerpt } from "../cycle/lines";
import { mayWrite, personIn } from "../cycle/may";
import { Sure } from "../form/Sure";
import type { OpenCycle } from "../live/cycle";
import type { Unsent } from "../outbox/command";
import { discard, heldUp, sendAgain, unsent } from "../outbox/outbox";
import { PersonName } from "../people/Face";
import { session } from "../session/session";
import { dayAndTime } from "../time/format";
import { words } from "../words";
import { Compose } from "./Compose";

/** What belongs to no moment of a lesson, the newest at the bottom. What is on its way stands below it until it is there. */
export function ConversationSection({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  const end = useRef<HTMLLIElement>(null);
  const path = `/api/cycles/${page.id}/commands`;
  const messages = Object.values(cycle?.messages ?? {}).sort((a, b) => a.at.localeCompare(b.at));
  const going = unsent.value.filter((item) => item.path === path && item.body.type === "send_message" && !(item.body.message in (cycle?.messages ?? {})));
  const count = messages.length + going.length;
  const before = useRef(count);
  useEffect(() => {
    // Whoever looks at the conversation sees what was just said; the page around it stays where it is.
    const list = end.current?.parentElement;
    if (list && count !== before.current) list.scrollTop = list.scrollHeight;
    before.current = count;
  }, [count]);
  if (!cycle) return null;
  const writes = mayWrite(page);
  return (
    <section aria-label={words.conversation.list}>
      {count === 0 && <p class="quiet">{writes ? words.conversation.none : words.conversation.noneOver}</p>}
      {count > 0 && (
        <ol class="messages" tabIndex={0} aria-label={words.conversation.list}>
          {messages.map((message) => <Said key={message.id} message={message} page={page} path={path} writes={writes} />)}
          {going.map((item) => <Going key={item.id} item={item} />)}
          <li ref={end} aria-hidden="true" />
        </ol>
      )}
      {writes && <Compose page={page} path={path} />}
    </section>
  );
}

function Said({ message, page, path, writes }: { message: CycleMessage; page: OpenCycle; path: string; writes: boolean }) {
  const who = personIn(page, message.by);
  const mine = message.by === session.value?.person.id;
  const remove = useCommand(path);
  return (
    <li class={mine ? "mine" : ""} data-message={message.id}>
      <p class="line"><PersonName role={who.role} name={mine ? `${who.name} (${words.you})` : who.name} /> <span class="quiet">{dayAndTime(message.at)}</span></p>
      {message.removed_at !== null ? <p class="quiet">{words.conversation.removed}</p> : <p class="words" dir="auto">{message.text}</p>}
      {mine && writes && message.removed_at === null && (
        <Sure
          label={words.conversation.remove} about={words.conversation.removeAbout(excerpt(message.text, 30))} question={words.conversation.removeSure}
          busy={remove.busy.value} run={() => void remove.run({ type: "remove_message", message: message.id } as unknown as Unnumbered)}
        />
      )}
      <p role="alert" class="says">{remove.says.value}</p>
    </li>
  );
}

function Going({ item }: { item: Unsent }) {
  const body = item.body;
  if (body.type !== "send_message") return null;
  return (
    <li class="mine unsent">
      <p class="words" dir="auto">{body.text}</p>
      {item.refused === null ? <p class="quiet" role="status">{heldUp.value ? words.room.unsent : words.room.sending}</p> : (
        <div role="alert">
          <p>{words.room.refused(item.refused)}</p>
          <p class="actions">
            <button type="button" onClick={() => sendAgain(item.id)}>{words.room.again}</button>
            <button type="button" class="plain" onClick={() => discard(item.id)}>{words.room.discard}</button>
          </p>
        </div>
      )}
    </li>
  );
}
