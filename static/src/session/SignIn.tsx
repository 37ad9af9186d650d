import { useSignal } from "@preact/signals";
import { navigate } from "../app/router";
import { useTitle } from "../app/Shell";
import { asProblem, type Problem } from "../api/problem";
import { words } from "../words";
import { signIn } from "./session";

/** Only the button uses up the link: programs that look at links before people do must not. */
export function SignIn() {
  const says = useSignal<string | null>(null);
  const busy = useSignal(false);
  const token = decodeURIComponent(location.hash.slice(1));
  useTitle(words.session.signInTitle);

  async function go(): Promise<void> {
    busy.value = true;
    try {
      await signIn(token);
      navigate("/", true);
    } catch (error) {
      says.value = sentence(asProblem(error));
      busy.value = false;
    }
  }

  return (
    <section class="card narrow">
      <h1>{words.session.signInTitle}</h1>
      {token === "" ? <p>{words.session.noLink}</p> : (
        <>
          <p>{words.session.signInSays}</p>
          <p><button type="button" class="main" disabled={busy.value} onClick={() => void go()}>{words.session.signIn}</button></p>
        </>
      )}
      <p role="alert">{says.value}</p>
    </section>
  );
}

function sentence(problem: Problem): string {
  if (problem.slug === "link_expired") return words.session.expired;
  if (problem.slug === "link_used") return words.session.used;
  if (problem.status === 404) return words.session.unknown;
  return problem.detail;
}
