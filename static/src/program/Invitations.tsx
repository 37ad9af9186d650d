import { remove } from "../api/http";
import type { InvitationRow } from "../api/shapes";
import { useTrying } from "../app/trying";
import { Sure } from "../form/Sure";
import { day } from "../time/format";
import { words } from "../words";

/** The open ones, with what became of each letter. */
export function Invitations({ program, rows, changed }: { program: string; rows: InvitationRow[]; changed: () => void }) {
  const { busy, problem, run } = useTrying();
  // Somebody may have taken it up meanwhile: either way the list says what is so.
  const revoke = (id: string): void => void run(() => remove(`/api/programs/${program}/invitations/${id}`)).then(changed);
  if (rows.length === 0) return <p role="alert" class="says">{problem.value && words.people.overAlready}</p>;
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations">{words.people.invitations} <span class="quiet">{rows.length}</span></h2>
      <ul class="rows">
        {rows.map(({ id, role, email, letter, expires_at }) => (
          <li key={id}>
            <p class="line"><strong class="break">{email ?? words.people.byLink}</strong> <span class="quiet">{words.roles[role]}</span></p>
            <p class={letter === "failed" || letter === "dropped" ? "says" : "quiet"}>{letter ? words.people.letter[letter] : words.people.handOver} {words.people.until(day(expires_at))}</p>
            <Sure label={words.people.revoke} about={email ?? words.people.byLink} question={words.people.revokeSure} busy={busy.value} run={() => revoke(id)} />
          </li>
        ))}
      </ul>
      <p role="alert" class="says">{problem.value && (problem.value.status === 404 ? words.people.overAlready : problem.value.detail)}</p>
    </section>
  );
}
