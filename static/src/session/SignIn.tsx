import { useSignal } from "@preact/signals";
import { fragment, navigate } from "../app/router";
import { useTitle } from "../app/Shell";
import { useTrying } from "../app/trying";
import type { Problem } from "../api/problem";
import { words } from "../words";
import { loadSession, session, sessionProblem, signIn } from "./session";
import { takeWanted, wanted } from "./wanted";
import { Ways } from "./Ways";

const goOn = (): void => navigate(takeWanted(), true);

export function SignIn() {
  const token = fragment.value;
  const who = session.value;
  const asking = who === undefined && sessionProblem.value === null;
  useTitle(words.session.signInTitle);
  return (
    <section class="card narrow">
      <h1>{words.session.signInTitle}</h1>
      {wanted()?.startsWith("/invitation") && <p>{words.session.thenInvitation}</p>}
      {token ? <WithLink key={token} token={token} />
        : who ? <Already text={words.session.signedInAs(who.person.name)} />
        : asking ? <p class="quiet" role="status">{words.loading}</p> : <Ways then={goOn} />}
    </section>
  );
}

/** Only the button uses up the link: programs that look at links before people do must not. */
function WithLink({ token }: { token: string }) {
  const { busy, problem, run } = useTrying();
  const spent = useSignal(false);

  async function go(): Promise<void> {
    if (await run(() => signIn(token))) goOn();
    else if (problem.value && !problem.value.passing) {
      spent.value = true;
      // A link kept as a bookmark: its owner is often still signed in, and only wants to go in.
      await loadSession();
    }
  }

  const who = spent.value ? session.value : null;
  return (
    <>
      {!spent.value && (
        <>
          <p>{words.session.signInSays}</p>
          <p><button type="button" class="main" disabled={busy.value} onClick={() => void go()}>{words.session.signIn}</button></p>
        </>
      )}
      <p role="alert" class={spent.value ? "" : "says"}>{problem.value && sentence(problem.value)}</p>
      {who && <Already text={words.session.already(who.person.name)} />}
      {spent.value && session.value === null && <Ways then={goOn} />}
    </>
  );
}

function Already({ text }: { text: string }) {
  return (
    <>
      <p>{text}</p>
      <p><a class="button main" href="/">{words.notFound.home}</a></p>
    </>
  );
}

function sentence(problem: Problem): string {
  if (problem.slug === "link_expired") return words.session.expired;
  if (problem.slug === "link_used") return words.session.used;
  if (problem.status === 404) return words.session.unknown;
  return problem.detail;
}
