import { useSignal } from "@preact/signals";
import { Sure } from "../form/Sure";
import { submit } from "../outbox/outbox";
import { PersonName } from "../people/Face";
import { dayAndTime } from "../time/format";
import { words } from "../words";
import { Earlier } from "./Earlier";
import { commandsOf, type Entry, type ReplyEntry } from "./entries";
import { Fate } from "./Fate";
import type { Room } from "./room";
import { kept, TextForm } from "./TextForm";

export function ReplyItem({ entry, reply, room, fresh }: { entry: Entry; reply: ReplyEntry; room: Room; fresh: boolean }) {
  const who = room.people(reply.by);
  const more = useSignal(false);
  const changing = useSignal(who.me && kept(reply.id) !== null);
  const path = commandsOf(room.lesson);
  const named = { annotation: entry.id, reply: reply.id };
  const settled = who.me && reply.unsent === null;
  return (
    <li class={`${who.role} ${fresh ? "fresh" : ""}`} data-reply={reply.id}>
      <p class="line">
        <PersonName role={who.role} name={who.me ? `${who.name} (${words.you})` : who.name} />
        {fresh && <span class="new">{words.corrections.fresh}</span>}
        <span class="quiet">{dayAndTime(reply.at)}{reply.edited_at && `, ${words.corrections.edited}`}</span>
      </p>
      {changing.value ? (
        <TextForm
          label={words.corrections.editingReply} shelf={reply.id} text={reply.body} revision={reply.revision} send={words.corrections.saveEdit}
          onSend={(body, revision) => submit(path, { type: "edit_reply", ...named, revision, body })} onClose={() => (changing.value = false)}
        />
      ) : <p class="body" dir="auto">{reply.gone ? words.corrections.removed : reply.body}</p>}
      {reply.unsent && <Fate unsent={reply.unsent} />}
      {who.me && <Earlier texts={room.earlier[reply.id]} />}
      {settled && !changing.value && (
        <p class="actions own">
          <button type="button" class="plain" aria-expanded={more.value} onClick={() => (more.value = !more.value)}>{more.value ? words.corrections.less : words.corrections.others}</button>
          {more.value && !room.cycle.closed && <button type="button" class="plain" onClick={() => (changing.value = true)}>{words.corrections.edit}</button>}
          {more.value && <Sure label={words.corrections.remove} question={words.corrections.removeSure} busy={false} run={() => submit(path, { type: "remove_reply", ...named })} />}
        </p>
      )}
    </li>
  );
}
