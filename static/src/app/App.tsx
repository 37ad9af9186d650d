import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Here } from "../here/Here";
import { HomePage } from "../home/HomePage";
import { SignedOut } from "../session/SignedOut";
import { SignIn } from "../session/SignIn";
import { loadSession, session, sessionProblem } from "../session/session";
import { filmedHere } from "../record/here";
import { readIn } from "../time/format";
import { words } from "../words";
import { later } from "./later";
import { NotFound, Trouble } from "./Trouble";
import { fragment, route } from "./router";
import { Shell } from "./Shell";

// What not every visit needs comes when it is asked for.
const AddLessonPage = later(async () => (await import("../upload/screens")).AddLessonPage);
const UploadPage = later(async () => (await import("../upload/screens")).UploadPage);
const AccountPage = later(async () => (await import("../account/AccountPage")).AccountPage);
const CyclePage = later(async () => (await import("../cycle/CyclePage")).CyclePage);
const FilmPage = later(async () => (await import("../record/FilmPage")).FilmPage);
const FollowUpPage = later(async () => (await import("../debrief/FollowUpPage")).FollowUpPage);
const InvitationPage = later(async () => (await import("../invitation/InvitationPage")).InvitationPage);
const NetworkPage = later(async () => (await import("../network/NetworkPage")).NetworkPage);
const OutboxPage = later(async () => (await import("../letters/OutboxPage")).OutboxPage);
const PeoplePage = later(async () => (await import("../program/PeoplePage")).PeoplePage);
const SettingsPage = later(async () => (await import("../program/SettingsPage")).SettingsPage);
const LeftOver = later(async () => (await import("../record/LeftOver")).LeftOver);
const WholePage = later(async () => (await import("../takeaway/WholePage")).WholePage);
const ReviewRoom = later(async () => (await import("../review/ReviewRoom")).ReviewRoom);
const UnsubscribePage = later(async () => (await import("../letters/UnsubscribePage")).UnsubscribePage);

export function App() {
  return <Shell><Waiting /><Screen /></Shell>;
}

/** A recording that waits on this device is told of where somebody begins, and where they would look for it. */
function Waiting() {
  const here = route.value;
  const who = session.value;
  if (!who || !filmedHere.value || !["home", "cycle", "film", "upload"].includes(here.page)) return null;
  return <LeftOver me={who.person.id} />;
}

function Screen(): ComponentChildren {
  const here = route.value;
  const who = session.value;
  const withLink = here.page === "sign-in" && fragment.value !== "";
  const asks = !withLink && here.page !== "unsubscribe" && who === undefined;
  useEffect(() => {
    // Somebody who comes with a sign-in link need not be told first that they are signed out.
    if (asks) void loadSession();
  }, [asks]);
  useEffect(() => {
    if (who) readIn(who.person.time_zone);
  }, [who?.person.id]);
  if (here.page === "sign-in") return <SignIn />;
  if (here.page === "here") return <Here />;
  if (here.page === "network") return <NetworkPage />;
  if (here.page === "outbox") return <OutboxPage />;
  if (here.page === "unsubscribe") return <UnsubscribePage />;
  if (here.page === "not-found") return <NotFound />;
  if (who === undefined) {
    const problem = sessionProblem.value;
    return problem ? <Trouble problem={problem} again={() => void loadSession()} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  if (here.page === "invitation") return <InvitationPage who={who} />;
  // A session may end in the middle of a lesson; filming does not.
  if (here.page === "film") return <FilmPage key={here.id} id={here.id} who={who} />;
  if (who === null) return <SignedOut />;
  switch (here.page) {
    case "home": return <HomePage who={who} />;
    case "account": return <AccountPage who={who} />;
    case "people": return <PeoplePage key={here.id} id={here.id} />;
    case "settings": return <SettingsPage key={here.id} id={here.id} />;
    case "cycle": return <CyclePage key={here.id} id={here.id} />;
    case "follow-up": return <FollowUpPage key={here.commitment} who={who} id={here.id} commitment={here.commitment} />;
    case "whole": return <WholePage key={here.id} id={here.id} who={who} />;
    case "add-lesson": return <AddLessonPage key={here.id} id={here.id} />;
    case "upload": return <UploadPage key={here.id} id={here.id} />;
    case "lesson": return <ReviewRoom key={here.id} id={here.id} />;
  }
}
