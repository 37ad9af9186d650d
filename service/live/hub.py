"""Who follows which stream in this process, and how an event reaches them.

Model. A topic is one stream with its followers. `sent` is the version up to which every *caught-up* follower has
everything. A wake-up makes the topic read what is after `sent`, encode it once and broadcast it to those. A newcomer
reads its backlog by itself and joins the others under the topic's lock, once nothing lies between it and `sent`.

Promises. Contiguous versions, never a gap, never one twice. Following subscribes first, then reads, then sends. A
lost wake-up delays, it loses nothing: `heal` looks at the heads of all topics. A revoked grant ends the topic for its
person at the next look at the grants counter, which a wake-up brings at once and the clock within a second.
"""

import asyncio
import logging
from collections.abc import Iterable

from websockets.asyncio.server import broadcast

from service import access
from service.live import protocol
from service.live.connection import Connection
from service.live.progress import progress_of
from service.problems import NotFound, Problem, VersionAhead
from service.wiring import Deps
from storage import grants, log, progress

logger = logging.getLogger(__name__)

BACKLOG = 500
"""Events read and sent at once to a follower that is catching up."""

LOOK_AGAIN_S = 30
"""How often everybody is asked for again although the grants counter stands: grants and sessions also run out."""


class Topic:
    def __init__(self, stream: str, sent: int) -> None:
        self.stream = stream
        self.sent = sent
        self.caught_up: set[Connection] = set()
        self.followers: set[Connection] = set()
        self.untold: set[Connection] = set()
        """Who was busy when presence changed, and is told once the line is free."""
        self.lock = asyncio.Lock()
        self.woken_at: float | None = None
        """When it was first heard of an event that is not sent yet, on the loop's clock."""
        self.wanted = asyncio.Event()
        self.progressed = False
        """How far the lesson's preparing is has changed."""
        self.pump: asyncio.Task[None] | None = None


class Hub:
    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._topics: dict[str, Topic] = {}
        self._connections: set[Connection] = set()
        self._grants_seen = -1
        self._grants_wanted = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._unlisten = deps.bus.listen(self._woken)

    async def start(self) -> None:
        async with self._deps.db.read() as tx:
            self._grants_seen = await grants.counter(tx)
        self._watch = asyncio.create_task(self._watch_grants())

    async def close(self) -> None:
        self._unlisten()
        tasks = [topic.pump for topic in self._topics.values() if topic.pump]
        if self._watch:
            tasks.append(self._watch)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def connections(self) -> Iterable[Connection]:
        return tuple(self._connections)

    def enter(self, connection: Connection) -> None:
        self._connections.add(connection)
        self._count()

    def leave(self, connection: Connection) -> None:
        """Forget a connection everywhere; its presence goes with it."""
        self._connections.discard(connection)
        for stream in tuple(connection.following):
            self._drop(connection, stream)
        self._count()

    async def follow(self, connection: Connection, message: protocol.Follow) -> None:
        """Answer `following`, send everything after `after`, and stay. Raises NotFound, VersionAhead."""
        stream = message.stream
        version = await self._head(stream)
        self._drop(connection, stream)
        topic = self._topics.get(stream)
        if topic is None:
            # Where the record stands, never what the client says: everybody who joins waits for `sent`.
            topic = self._topics[stream] = Topic(stream, version)
            topic.pump = asyncio.create_task(self._pump(topic))
            self._count()
        topic.followers.add(connection)
        connection.following[stream] = topic
        try:
            # Asked once it is among the followers: a grant revoked from here on is seen by `check_grants`.
            await access.access_stream(self._deps, connection.person, stream)
            if message.after > version:
                raise VersionAhead
            if connection.following.get(stream) is topic:
                connection.send(protocol.following(message.id, stream, version))
                await self._catch_up(connection, topic, message.after)
        except Problem:
            self._drop(connection, stream)
            raise

    def unfollow(self, connection: Connection, stream: str) -> None:
        self._drop(connection, stream)

    def presence(self, connection: Connection, message: protocol.Presence) -> None:
        """Tell the others who follow the lesson. Only followers take part: following proved that they may."""
        topic = self._topics.get(f"lesson/{message.lesson}")
        if topic is None or connection not in topic.followers:
            raise NotFound
        connection.presence[topic.stream] = protocol.Present(connection.person, message.at_ms, message.playing)
        self._tell_presence(topic)

    async def heal(self) -> None:
        """Look at the head of every topic, for wake-ups that were lost or came from another process."""
        if not self._topics:
            return
        async with self._deps.db.read() as tx:
            heads = await log.heads(tx, list(self._topics))
        for stream, head in heads.items():
            topic = self._topics.get(stream)
            if topic and head > topic.sent:
                topic.wanted.set()

    async def check_grants(self) -> None:
        """End what is no longer granted: topics of a person who lost them, connections whose session has ended."""
        # All at once: questions of one moment share a transaction.
        await asyncio.gather(*(self._check(connection) for connection in self.connections()))

    async def _check(self, connection: Connection) -> None:
        if not await access.session_lives(self._deps, connection.session):
            connection.end(protocol.CLOSE_SIGNED_OUT, "signed out")
            return
        for stream in tuple(connection.following):
            try:
                await access.access_stream(self._deps, connection.person, stream)
            except NotFound:
                self._drop(connection, stream)
                connection.send(protocol.closed(stream, "revoked"))

    async def _catch_up(self, connection: Connection, topic: Topic, cursor: int) -> None:
        while True:
            events = await self._deps.record.events(topic.stream, after=cursor, limit=BACKLOG)
            if connection.following.get(topic.stream) is not topic:
                return
            if events:
                await connection.send_and_wait(protocol.events(topic.stream, events))
                cursor = events[-1].version
                if len(events) == BACKLOG:
                    continue
            async with topic.lock:
                await self._advance(topic)
                if connection.following.get(topic.stream) is not topic:
                    return
                if cursor >= topic.sent:
                    topic.caught_up.add(connection)
                    self._tell_presence(topic)
                    return

    async def _head(self, stream: str) -> int:
        async with self._deps.db.read() as tx:
            return (await log.heads(tx, [stream])).get(stream, 0)

    async def _pump(self, topic: Topic) -> None:
        while True:
            await topic.wanted.wait()
            topic.wanted.clear()
            try:
                async with topic.lock:
                    await self._advance(topic)
                    await self._tell_progress(topic)
            except Exception:
                # The database may be away for a moment; `heal` comes back to this topic.
                logger.exception("live_pump_stumbled", extra={"stream": topic.stream})

    async def _advance(self, topic: Topic) -> None:
        """Broadcast what is after `sent`. Holds the topic's lock."""
        more = True
        while more:
            events = await self._deps.record.events(topic.stream, after=topic.sent, limit=BACKLOG)
            more = len(events) == BACKLOG  # what is committed from here on has a wake-up of its own
            if not events:
                return
            frame = protocol.events(topic.stream, events)
            topic.sent = events[-1].version
            broadcast([c.socket for c in tuple(topic.caught_up) if c.takes()], frame, text=True)
            if topic.woken_at is not None:
                seconds = asyncio.get_running_loop().time() - topic.woken_at
                self._deps.metrics.wake_to_delivery.observe(seconds)
                topic.woken_at = None

    async def _tell_progress(self, topic: Topic) -> None:
        """To whoever has all events; who is busy hears the next one. Holds the topic's lock."""
        if not topic.progressed:
            return
        topic.progressed = False
        lesson = topic.stream.removeprefix("lesson/")
        frame = protocol.progress(lesson, await progress_of(self._deps, lesson))
        broadcast([c.socket for c in tuple(topic.caught_up) if c.idle()], frame, text=True)

    async def _watch_grants(self) -> None:
        clock = asyncio.get_running_loop().time
        looked = clock()
        while True:
            try:
                async with asyncio.timeout(1):
                    await self._grants_wanted.wait()
            except TimeoutError:
                pass
            self._grants_wanted.clear()
            try:
                for topic in self._topics.values():
                    self._tell_presence(topic, topic.untold)
                async with self._deps.db.read() as tx:
                    counter = await grants.counter(tx)
                if counter != self._grants_seen or clock() - looked >= LOOK_AGAIN_S:
                    await self.check_grants()
                    self._grants_seen, looked = counter, clock()
                await self.heal()
            except Exception:
                # In doubt it closes: whoever cannot be checked is not sent anything more, and resumes later.
                logger.exception("live_grants_unreadable")
                for connection in self.connections():
                    connection.end(protocol.CLOSE_GOING_AWAY, "checking who may read")

    def _woken(self, stream: str, version: int) -> None:
        if stream == grants.WAKE:
            self._grants_wanted.set()
        elif stream.startswith(progress.TOPIC):
            if topic := self._topics.get(f"lesson/{stream.removeprefix(progress.TOPIC)}"):
                topic.progressed = True
                topic.wanted.set()
        elif (topic := self._topics.get(stream)) and version > topic.sent:
            topic.woken_at = topic.woken_at or asyncio.get_running_loop().time()
            topic.wanted.set()

    def _count(self) -> None:
        self._deps.metrics.live_connections.set(len(self._connections))
        self._deps.metrics.live_topics.set(len(self._topics))

    def _drop(self, connection: Connection, stream: str) -> None:
        topic = connection.following.pop(stream, None)
        if topic is None:
            return
        topic.followers.discard(connection)
        topic.caught_up.discard(connection)
        topic.untold.discard(connection)
        if connection.presence.pop(stream, None):
            self._tell_presence(topic)
        if not topic.followers:
            if topic.pump:
                topic.pump.cancel()
            if self._topics.get(stream) is topic:
                del self._topics[stream]
                self._count()

    def _tell_presence(self, topic: Topic, listeners: Iterable[Connection] | None = None) -> None:
        """Say who is here now. Whoever is busy is passed over, and told the latest once, not everything late."""
        if not topic.stream.startswith("lesson/"):
            return
        present = [c.presence[topic.stream] for c in topic.caught_up if topic.stream in c.presence]
        lesson = topic.stream.removeprefix("lesson/")
        for connection in tuple(topic.caught_up if listeners is None else listeners):
            if not connection.idle():
                topic.untold.add(connection)
                continue
            topic.untold.discard(connection)
            others = [p for p in present if p.person != connection.person]
            connection.send(protocol.presence(lesson, others))
