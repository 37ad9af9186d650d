import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useTitle } from "../app/Shell";
import { fragment } from "../app/router";
import { NotFound, Trouble } from "../app/Trouble";
import type { LessonState, Play } from "../api/shapes";
import { openLesson, type OpenLesson } from "../live/lesson";
import { unsent } from "../outbox/outbox";
import { session } from "../session/session";
import { clock } from "../time/format";
import { localCopies } from "../upload/local";
import { prepared } from "../upload/store";
import { words } from "../words";
import { CutParts } from "../cuts/mount";
import { Composer } from "./Composer";
import { DoneCard } from "./DoneCard";
import { entries } from "./entries";
import { useKeys } from "./keys";
import { AnnotationList } from "./AnnotationList";
import type { People } from "./people";
import { AtTime } from "./AtTime";
import { comeBackTo, leaveAt } from "./comingBack";
import { Making } from "./Making";
import { Controls, Player } from "./Player";
import { Playback } from "./playback";
import { usePresence } from "./presence";
import { ReleaseButton } from "./ReleaseButton";
import { roomOf } from "./room";
import type { Copy } from "./source";
import { RoomHead } from "./RoomHead";
import { NoPictureYet, Shortcomings } from "./Standing";
import { momentOf } from "./timeline";
import { Timeline } from "./Timeline";
import { Writing } from "./writing";
import { Captions, CaptionsButton, ChapterMarks } from "../tracks/Captions";
import { LessonTracks } from "../tracks/store";
import { TracksSection } from "../tracks/TracksSection";
import "../tracks/tracks.css";

export function ReviewRoom({ id }: { id: string }) {
  const open = useMemo(() => openLesson(id, session.value!.person.id), [id]);
  useEffect(() => () => open.close(), [open]);
  const loaded = open.lesson.value;
  useEffect(() => prepared(id), [id]);
  useTitle(loaded ? loaded.title || words.corrections.noTitle : undefined);
  if (open.closed.value) return <section class="card"><p role="alert">{words.room.closed}</p><NotFound /></section>;
  if (!loaded) {
    const problem = open.problem.value;
    return problem ? <Trouble problem={problem} again={() => location.reload()} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  return <Room id={id} open={open} />;
}

function Room({ id, open }: { id: string; open: OpenLesson }) {
  const moment = momentOf(fragment.value);
  const playback = useMemo(() => new Playback(moment ?? comeBackTo(id)), [id]);
  useEffect(() => () => leaveAt(id, playback), [playback]);
  const writing = useMemo(() => new Writing(id, playback), [playback]);
  const tracks = useMemo(() => new LessonTracks(open, id), [open]);
  useEffect(() => () => tracks.close(), [tracks]);
  const lesson = open.lesson.value!;
  const snapshot = open.snapshot.value!;
  const who = session.value!;
  const play = lesson.state === "watchable" || lesson.state === "ready" || lesson.listen || lesson.following ? snapshot.play : null;
  const copy = useCopy(id, lesson, play, playback);
  const durationMs = lesson.duration_ms ?? play?.duration_ms ?? playback.lastsMs.value ?? 0;
  const notebook = open.notebook.value;
  const room = useMemo(() => roomOf(open, snapshot, lesson, who), [snapshot, who, lesson, notebook]);
  const { people } = room;
  const nextFresh = useSignal<() => void>(() => undefined);
  const shown = useComputed(() => entries(open.annotations.value, open.lesson.value!, unsent.value, who.person.id));
  const present = usePresence(id, playback, who.person.id, true);
  const opened = useRef(true);
  useEffect(() => {
    // The first one is where the room begins; another one is gone to.
    if (!opened.current && moment !== null) playback.seek(moment);
    opened.current = false;
  }, [playback, moment]);
  useKeys(playback, writing, copy !== null, () => nextFresh.value());
  return (
    <div class="room">
      <RoomHead open={open} people={people} present={present.value} />
      <div class="theatre">
        {copy ? (
          <>
            <Player playback={playback} copy={copy} lesson={lesson} whole={snapshot.lesson.state === "ready"}><Captions tracks={tracks} playback={playback} /></Player>
            {playback.blind.value && <AtTime playback={playback} />}
            <Timeline playback={playback} durationMs={durationMs} entries={shown.value.filter(({ gone }) => !gone)} people={people} present={present.value} play={copy instanceof File ? null : copy}><ChapterMarks tracks={tracks} durationMs={durationMs} /></Timeline>
            <Controls playback={playback} copy={copy} durationMs={durationMs}><CaptionsButton tracks={tracks} /></Controls>
            {copy instanceof File && lesson.state !== "ready" && !playback.unseen.value && !playback.blind.value && <p class="quiet small">{words.local.own}</p>}
            {!(copy instanceof File) && lesson.following && <p class="quiet small">{words.local.following}</p>}
            {!(copy instanceof File) && lesson.state === "watchable" && <p class="quiet small">{words.lessonSays.watchable}</p>}
            {!(copy instanceof File) && <Shortcomings lesson={lesson} play={copy} />}
            {(lesson.state === "watchable" || lesson.following) && <Making now={open.progress.value} />}
          </>
        ) : <NoPictureYet lesson={lesson} role={snapshot.role} progress={open.progress.value} />}
      </div>
      <div class="below">
        {(copy || lesson.cuts.length > 0) && <CutParts open={open} playback={playback} durationMs={durationMs} />}
        {copy && <Composer writing={writing} playback={playback} room={room} />}
        {copy && <p class="quiet small wide-only">{words.room.keys} {words.corrections.keys}</p>}
        {copy && <TracksSection tracks={tracks} room={room} playback={playback} durationMs={durationMs} />}
      </div>
      <div class="side">
        <div class={lesson.shared_at ? "aside last" : "aside"}><ReleaseButton open={open} /><DoneCard room={room} drafts={shown.value.filter(({ own }) => own).length} /></div>
        <AnnotationList entries={shown.value} open={open} room={room} playback={playback} nextFresh={nextFresh} />
      </div>
      <News open={open} people={people} me={who.person.id} />
    </div>
  );
}

/**
 * The teacher's own copy, if this page has it, until they leave: it costs no data. Where this browser cannot show it, the server's
 * takes over as soon as there is one.
 */
function useCopy(id: string, lesson: LessonState, play: Play | null, playback: Playback): Copy | null {
  const own = lesson.state === "refused" ? undefined : localCopies.value.get(id);
  const picture = play !== null && !lesson.listen;
  const useless = useRef(false);
  // Once it has shown to be of no use here, it is not gone back to.
  useless.current ||= picture && (playback.unseen.value || playback.blind.value);
  return own && !useless.current ? own : play;
}

/** Says aloud, politely, what others did; one's own are known already. */
function News({ open, people, me }: { open: OpenLesson; people: People; me: string }) {
  const event = open.latest.value;
  let text = "";
  if (event && event.by !== me) {
    if (event.type === "annotation.added") {
      const { kind, start_ms } = event.data as { kind: keyof typeof words.room.kinds; start_ms: number };
      text = words.room.said(people(event.by).name, words.room.kinds[kind].toLowerCase(), clock(start_ms));
    } else if (event.type === "reply.added") text = words.room.saidReply(people(event.by).name);
    else if (event.type === "lesson.watchable") text = words.room.nowWatchable;
  }
  return <p class="unseen" role="status" aria-live="polite">{text}</p>;
}
