import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { CheckInOffer, Id, Meeting } from "../api/shapes";
import { useCommand } from "../app/command";
import { useReturn } from "../form/returning";
import { newId } from "../ids/uuid";
import type { OpenCycle } from "../live/cycle";
import { dayAndTime } from "../time/format";
import { words } from "../words";
import { MeetingItem } from "./MeetingItem";
import { type Two, twoOf } from "./people";
import { Place } from "./Place";
import { type Kind, OfferForm, PlanForm } from "./PlanForm";
import { OthersTime } from "./When";

/** Meetings, check-ins and the way into a calendar. */
export function MeetingsSection({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  const doing = useSignal<"plan" | "offer" | null>(null);
  const opener = useReturn(doing.value !== null);
  if (!cycle) return null;
  const two = twoOf(page);
  const path = `/api/cycles/${page.id}/commands`;
  const all = Object.values(cycle.meetings).sort((a, b) => a.start.localeCompare(b.start));
  const coming = all.filter(({ status }) => status === "planned");
  const over = all.filter(({ status }) => status !== "planned").reverse();
  const offers = Object.values(cycle.offers);
  const close = (): void => void (doing.value = null);
  return (
    <section class="card" aria-labelledby="meetings">
      <h2 id="meetings">{words.meetings.title}</h2>
      {all.length === 0 && offers.length === 0 && <p>{two.writes ? words.meetings.none : words.meetings.noneClosed}</p>}
      {two.writes && offers.map((offer) => <Offer key={offer.id} offer={offer} path={path} two={two} />)}
      <List meetings={coming} cycle={page.id} two={two} />
      {over.length > 0 && (
        <details>
          <summary>{words.meetings.earlier(over.length)}</summary>
          <List meetings={over} cycle={page.id} two={two} />
        </details>
      )}
      {two.writes && doing.value === null && (
        <p class="actions rule">
          <button type="button" ref={opener} onClick={() => (doing.value = "plan")}>{words.meetings.plan}</button>
          <button type="button" class="plain" onClick={() => (doing.value = "offer")}>{words.meetings.weekly}</button>
          <a class="far" href="/account#calendar">{words.meetings.feed}</a>
        </p>
      )}
      {doing.value === "plan" && <PlanForm path={path} two={two} kind={likely(cycle.stage)} close={close} />}
      {doing.value === "offer" && <OfferForm path={path} two={two} close={close} />}
    </section>
  );
}

function List({ meetings, cycle, two }: { meetings: Meeting[]; cycle: Id; two: Two }) {
  if (meetings.length === 0) return null;
  return <ul class="rows">{meetings.map((meeting) => <MeetingItem key={meeting.id} meeting={meeting} cycle={cycle} two={two} />)}</ul>;
}

function likely(stage: string): Kind {
  return stage === "planning" ? "planning" : stage === "review" || stage === "debrief" ? "debrief" : "check_in";
}

function Offer({ offer, path, two }: { offer: CheckInOffer; path: string; two: Two }) {
  const { busy, says, run } = useCommand(path);
  const meetings = useRef(Array.from({ length: offer.weeks }, newId));
  const mine = offer.by === two.me;
  return (
    <div class="card quietly" data-offer={offer.id}>
      <p>{mine ? words.meetings.youOffered(offer.weeks, offer.minutes) : words.meetings.offered(two.name(offer.by), offer.weeks, offer.minutes)}</p>
      <p><strong class="times">{words.meetings.firstAt(dayAndTime(offer.start))}</strong></p>
      <p class="quiet"><OthersTime start={offer.start} two={two} /></p>
      <Place place={offer.place} />
      <p role="alert" class="says">{says.value}</p>
      <p class="actions">
        {!mine && <button type="button" class="main" disabled={busy.value} onClick={() => void run({ type: "accept_check_ins", offer: offer.id, meetings: meetings.current })}>{words.meetings.accept}</button>}
        <button type="button" class={mine ? "plain" : ""} disabled={busy.value} onClick={() => void run({ type: "decline_check_ins", offer: offer.id })}>{mine ? words.meetings.takeBack : words.meetings.decline}</button>
      </p>
    </div>
  );
}
