import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../api/shapes";
import { day } from "../time/format";
import { words } from "../words";
import { filming } from "../words/filming";
import { closeCamera, deviceOf, devices, mayAlready, NoCamera, openCamera } from "./camera";
import { QUALITIES, QUALITY_NAMES, type QualityName } from "./choose";
import { Facts } from "./Facts";
import { getReady } from "./file";
import { Preview } from "./Preview";
import { NotBegun, Take } from "./take";

type Sorry = keyof typeof filming.no;

/** The camera is chosen and looked through; nothing is kept before “Start filming”. */
export function Setup({ cycle, who }: { cycle: string; who: Session }) {
  const stream = useSignal<MediaStream | null>(null);
  const opening = useSignal(false);
  const sorry = useSignal<Sorry | null>(null);
  const lists = useSignal<Awaited<ReturnType<typeof devices>>>({ cameras: [], microphones: [] });
  const camera = useSignal<string | null>(null);
  const microphone = useSignal<string | null>(null);
  const quality = useSignal<QualityName>("normal");
  const title = useSignal(filming.titleOf(day(new Date().toISOString())));
  const send = useSignal(true);
  const release = useSignal(false);
  const taken = useRef(false);
  const gone = useRef(false);

  async function open(): Promise<void> {
    if (opening.value) return;
    opening.value = true;
    sorry.value = null;
    // A phone has one camera at a time.
    if (stream.value) closeCamera(stream.value);
    stream.value = null;
    try {
      const found = await openCamera({ camera: camera.value, microphone: microphone.value, quality: QUALITIES[quality.value] });
      if (gone.current) return closeCamera(found);
      stream.value = found;
      for (const track of found.getTracks()) track.addEventListener("ended", () => void lost(found));
      lists.value = await devices();
    } catch (error) {
      sorry.value = error instanceof NoCamera ? error.why : "other";
    } finally {
      opening.value = false;
    }
  }

  function lost(which: MediaStream): void {
    if (taken.current || stream.value !== which) return;
    closeCamera(which);
    stream.value = null;
    camera.value = microphone.value = null;
    sorry.value = "none";
  }

  useEffect(() => {
    getReady();
    void mayAlready().then((may) => (may && !gone.current ? open() : undefined));
    const plugged = (): void => void (stream.value && devices().then((found) => (lists.value = found)));
    navigator.mediaDevices.addEventListener("devicechange", plugged);
    return () => {
      gone.current = true;
      navigator.mediaDevices.removeEventListener("devicechange", plugged);
      if (stream.value && !taken.current) closeCamera(stream.value);
    };
  }, []);

  async function start(event: Event): Promise<void> {
    event.preventDefault();
    if (!stream.value || opening.value) return;
    opening.value = taken.current = true;
    sorry.value = null;
    const named = title.value.trim() || filming.titleOf(day(new Date().toISOString()));
    try {
      await Take.begin(stream.value, {
        cycle, person: who.person.id, title: named, release: release.value, send: send.value, quality: QUALITIES[quality.value],
        largest: who.max_upload_bytes,
      });
    } catch (error) {
      taken.current = false;
      opening.value = false;
      sorry.value = error instanceof NotBegun ? error.why : "other";
    }
  }

  const say = filming;
  const now = stream.value;
  const choose = (which: typeof camera, to: string): void => {
    which.value = to;
    void open();
  };
  return (
    <form class="card film" onSubmit={(event) => void start(event)} noValidate>
      <p class="crumb"><a href={`/cycles/${cycle}/add`}>{words.back}</a></p>
      <h1>{say.title}</h1>
      {!now && (
        <>
          <p>{say.says}</p>
          {!sorry.value && <p class="quiet">{opening.value ? say.opening : say.askSays}</p>}
        </>
      )}
      <p role="alert" class="says">{sorry.value && say.no[sorry.value]}</p>
      {!now && (
        <div class="actions">
          <button type="button" class="main" disabled={opening.value} onClick={() => void open()}>{sorry.value ? words.tryAgain : say.ask}</button>
          {sorry.value && <a class="button" href={`/cycles/${cycle}/add`}>{say.toAdd}</a>}
        </div>
      )}
      {now && (
        <div class="set">
          <div>
            <Preview stream={now} />
            <div class="actions">
              <button type="submit" class="main" disabled={opening.value}>{say.start}</button>
              {lists.value.cameras.length > 1 && (
                <button type="button" disabled={opening.value} onClick={() => choose(camera, nextOf(lists.value.cameras, deviceOf(now, "video")))}>{say.otherCamera}</button>
              )}
            </div>
            <p class="quiet upright">{say.sideways}</p>
            <Facts stream={now} quality={QUALITIES[quality.value]} running={false} />
          </div>
          <div>
            <label class="field">
              <span>{say.lessonTitle}</span>
              <input type="text" maxLength={200} value={title.value} onInput={(event) => (title.value = event.currentTarget.value)} aria-describedby="title-hint" />
              <small id="title-hint" class="quiet">{say.lessonTitleHint}</small>
            </label>
            <Pick label={say.camera} list={lists.value.cameras} value={deviceOf(now, "video")} chosen={(to) => choose(camera, to)} />
            <Pick label={say.microphone} list={lists.value.microphones} value={deviceOf(now, "audio")} chosen={(to) => choose(microphone, to)} />
            <label class="field">
              <span>{say.quality}</span>
              <select value={quality.value} onChange={(event) => { quality.value = event.currentTarget.value as QualityName; void open(); }}>
                {QUALITY_NAMES.map((name) => <option key={name} value={name}>{say.qualities[name]}</option>)}
              </select>
            </label>
            <label class="check">
              <input type="checkbox" checked={send.value} onChange={(event) => (send.value = event.currentTarget.checked)} aria-describedby="send-hint" />
              <span>{say.sendNow}</span>
            </label>
            <small id="send-hint" class="quiet">{say.sendNowHint}</small>
            <label class="check">
              <input type="checkbox" checked={release.value} onChange={(event) => (release.value = event.currentTarget.checked)} />
              <span>{say.release}</span>
            </label>
          </div>
        </div>
      )}
    </form>
  );
}

function nextOf(list: MediaDeviceInfo[], now: string): string {
  const at = list.findIndex(({ deviceId }) => deviceId === now);
  return list[(at + 1) % list.length]?.deviceId ?? now;
}

function Pick({ label, list, value, chosen }: { label: string; list: MediaDeviceInfo[]; value: string; chosen: (id: string) => void }) {
  if (list.length < 2) return null;
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => chosen(event.currentTarget.value)}>
        {list.map(({ deviceId, label: name }, n) => <option key={deviceId} value={deviceId}>{name || filming.unnamed(n + 1)}</option>)}
      </select>
    </label>
  );
}
