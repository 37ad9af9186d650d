import { useSignal } from "@preact/signals";
import { navigate } from "../app/router";
import { useTitle } from "../app/Shell";
import { asProblem, type Problem } from "../api/problem";
import { words } from "../words";
import { loadSession, session, signIn } from "./session";

/** Only the button uses up the link: programs that look at links before people do must not. */
export function SignIn() {
  const says = useSignal<string | null>(null);
  const busy = useSignal(false);
  const spent = useSignal(false);
  const token = decodeURIComponent(location.hash.slice(1));
  useTitle(words.session.signInTitle);

  async function go(): Promise<void> {
    busy.value = true;
    try {
      await signIn(token);
      navigate("/", true);
    } catch (error) {
      const problem = asProblem(error);
      says.value = sentence(problem);
      spent.value = !problem.passing;
      busy.value = false;
      // A link kept as a bookmark: its owner is often still signed in, and only wants to go in.
      if (spent.value) await loadSession();
    }
  }

  const who = spent.value ? session.value : null;
  return (
    <section class="card narrow">
      <h1>{words.session.signInTitle}</h1>
      {token === "" && <p>{words.session.noLink}</p>}
      {token !== "" && !spent.value && (
        <>
          <p>{words.session.signInSays}</p>
          <p><button type="button" class="main" disabled={busy.value} onClick={() => void go()}>{words.session.signIn}</button></p>
        </>
      )}
      <p role="alert">{says.value}</p>
      {who && (
        <>
          <p>{words.session.already(who.person.name)}</p>
          <p><a class="button main" href="/">{words.notFound.home}</a></p>
        </>
      )}
    </section>
  );
}

function sentence(problem: Problem): string {
  if (problem.slug === "link_expired") return words.session.expired;
  if (problem.slug === "link_used") return words.session.used;
  if (problem.status === 404) return words.session.unknown;
  return problem.detail;
}
