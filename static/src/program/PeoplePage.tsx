import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ProgramPeople, Role } from "../api/shapes";
import { type Fetched, useFetched } from "../app/fetched";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import { Face } from "../people/Face";
import { words } from "../words";
import { Invitations } from "./Invitations";
import { Invite } from "./Invite";
import { OpenCycle } from "./OpenCycle";

/** A program from its lead's side: who is in it, inviting people, opening cycles. */
export function PeoplePage({ id }: { id: string }) {
  const page = useFetched<ProgramPeople>(`/api/programs/${id}/people`);
  const found = page.value.value;
  useTitle(found ? words.people.title(found.name) : undefined);
  useFresh(page);
  if (!found) {
    const problem = page.problem.value;
    return problem ? <Trouble problem={problem} again={page.again} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  const has = (role: Role): boolean => found.people.some(({ roles, active }) => active && roles.includes(role));
  const ready = has("teacher") && has("coach");
  return (
    <div class="column-page">
      <p class="crumb"><a href="/">{words.people.board}</a></p>
      <h1>{words.people.title(found.name)}</h1>
      {!ready && <p>{words.people.empty}</p>}
      <Acts found={found} ready={ready} wants={has("teacher") && !has("coach") ? "coach" : "teacher"} changed={page.again} />
      <Invitations program={id} rows={found.invitations} changed={page.again} />
      <Everybody found={found} />
    </div>
  );
}

/** What a lead does here, first on the page; a program grows, and its list grows with it. */
function Acts({ found, ready, wants, changed }: { found: ProgramPeople; ready: boolean; wants: Role; changed: () => void }) {
  const open = useSignal<"invite" | "cycle" | null>(ready ? null : "invite");
  const toggle = (which: "invite" | "cycle", text: string) => (
    <button type="button" aria-expanded={open.value === which} onClick={() => (open.value = open.value === which ? null : which)}>{text}</button>
  );
  return (
    <>
      <p class="actions">{toggle("invite", words.people.invite)}{toggle("cycle", words.people.openCycle)}</p>
      {/* Hidden, not gone: a link that is shown once must outlive a look at the other. */}
      <div hidden={open.value !== "invite"}><Invite program={found.id} mail={found.mail} wants={wants} changed={changed} /></div>
      <div hidden={open.value !== "cycle"}><OpenCycle program={found.id} people={found.people} mail={found.mail} /></div>
    </>
  );
}

function Everybody({ found }: { found: ProgramPeople }) {
  return (
    <section aria-labelledby="everybody">
      <h2 id="everybody">{words.people.everybody} <span class="quiet">{found.people.length}</span></h2>
      <ul class="rows">
        {found.people.map(({ id, name, email, roles, active }) => (
          <li key={id}>
            <p class="line">
              <strong>{name}</strong>
              {roles.map((role) => <RoleName key={role} role={role} name={name} />)}
              {!active && <span class="tag">{words.people.gone}</span>}
            </p>
            <p class="quiet break">{email}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RoleName({ role, name }: { role: Role; name: string }) {
  return <span class="person">{role !== "lead" && <Face role={role} name={name} />}{words.roles[role]}</span>;
}

const LOOK_MS = 3_000;

/** People join while the page is open, and letters go out: it looks again when it is looked at, and while one is on its way. */
function useFresh({ value, again }: Fetched<ProgramPeople>): void {
  const moving = value.value?.invitations.some(({ letter }) => letter === "waiting") ?? false;
  useEffect(() => {
    const seen = (): void => void (document.visibilityState === "visible" && again());
    document.addEventListener("visibilitychange", seen);
    const timer = moving ? setInterval(seen, LOOK_MS) : undefined;
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [moving]);
}
