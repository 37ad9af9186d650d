import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { post } from "../api/http";
import { asProblem, type Problem } from "../api/problem";
import type { InvitationOffer, Session } from "../api/shapes";
import { fragment, navigate } from "../app/router";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import { useTrying } from "../app/trying";
import { enter, signOut } from "../session/session";
import { DemoOutbox } from "../session/Ways";
import { goOnTo } from "../session/wanted";
import { lastDay } from "../observers/days";
import { day } from "../time/format";
import { words } from "../words";
import { Arrive } from "./Arrive";

export function InvitationPage({ who }: { who: Session | null }) {
  const token = fragment.value;
  useTitle(words.invitation.title);
  return token ? <Invitation key={token} token={token} who={who} /> : <Over text={words.invitation.noLink} who={who} />;
}

/** Looking uses nothing up; only the buttons do. */
function Invitation({ token, who }: { token: string; who: Session | null }) {
  const offer = useSignal<InvitationOffer | null>(null);
  const problem = useSignal<Problem | null>(null);
  const letterTo = useSignal<string | null>(null);

  async function look(): Promise<void> {
    problem.value = null;
    try {
      offer.value = await post<InvitationOffer>("/api/invitations/look", { token });
    } catch (error) {
      problem.value = asProblem(error);
    }
  }
  useEffect(() => void look(), []);

  const trouble = problem.value;
  if (trouble?.passing) return <Trouble problem={trouble} again={() => void look()} />;
  if (trouble) return <Over text={trouble.status === 404 ? words.invitation.unknown : trouble.detail} who={who} />;
  const found = offer.value;
  if (!found) return <p class="quiet" role="status">{words.loading}</p>;
  if (letterTo.value) return <OnItsWay email={letterTo.value} />;
  return (
    <section class="card narrow">
      {found.role === "observer" ? <ToObserve offer={found} /> : (
        <>
          <h1>{words.invitation.heading(found.by, found.program)}</h1>
          <p>{words.roleSays[found.role]}</p>
        </>
      )}
      <p class="quiet">{words.invitation.until(day(found.expires_at))}</p>
      {who ? <SignedInAs who={who} offer={found} token={token} />
        : (
          <>
            <Arrive token={token} offer={found} onItsWay={(email) => (letterTo.value = email)} over={(why) => (problem.value = why)} />
            <p class="rule">{words.invitation.haveAccount} <a href="/sign-in" onClick={() => goOnTo(`/invitation#${token}`)}>{words.session.signIn}</a></p>
          </>
        )}
    </section>
  );
}

function ToObserve({ offer }: { offer: InvitationOffer }) {
  return (
    <>
      <h1>{words.observers.invitation.heading(offer.by, offer.whole)}</h1>
      <p>{words.observers.invitation.says}</p>
      {offer.until && <p>{words.observers.invitation.until(lastDay(offer.until))}</p>}
    </>
  );
}

function SignedInAs({ who, offer, token }: { who: Session; offer: InvitationOffer; token: string }) {
  const { busy, problem, run } = useTrying();
  const elses = problem.value?.slug === "somebody_elses" || (offer.email !== null && !same(offer.email, who.person.email));

  async function join(): Promise<void> {
    const answer = await run(() => post<Session>("/api/invitations/accept", { token }));
    if (!answer) return;
    enter(answer.done);
    navigate("/", true);
  }

  return (
    <>
      <p>{elses && offer.email ? words.invitation.somebodyElse(offer.email, who.person.name) : words.invitation.signedInAs(who.person.name, who.person.email)}</p>
      <p role="alert" class="says">{!elses && problem.value?.detail}</p>
      <p class="actions">
        {!elses && <button type="button" class="main" disabled={busy.value} onClick={() => void join()}>{offer.role === "observer" ? words.observers.invitation.join : words.invitation.join(offer.program)}</button>}
        <button type="button" class={elses ? "main" : "plain"} onClick={() => void signOut()}>{elses ? words.session.signOut : words.invitation.notMe(who.person.name)}</button>
      </p>
    </>
  );
}

function same(one: string, other: string): boolean {
  return one.normalize("NFC").toLowerCase() === other.normalize("NFC").toLowerCase();
}

function OnItsWay({ email }: { email: string }) {
  return (
    <section class="card narrow" role="status">
      <h1>{words.invitation.letterTitle}</h1>
      <p>{words.invitation.letterSays(email)}</p>
      <p class="quiet">{words.session.mailedHint}</p>
      <DemoOutbox />
    </section>
  );
}

function Over({ text, who }: { text: string; who: Session | null }) {
  return (
    <section class="card narrow" role="status">
      <h1>{words.invitation.title}</h1>
      <p>{text}</p>
      <p>{who ? <a class="button" href="/">{words.notFound.home}</a> : <a class="button" href="/sign-in">{words.session.signIn}</a>}</p>
    </section>
  );
}
