import { Sure } from "../form/Sure";
import { words } from "../words";
import type { UnderWay } from "./ways";

/** What this device is making of a film, how long that still takes, and the ways out of it. */
export function UnderWayView({ now }: { now: UnderWay }) {
  const say = words.smaller;
  const { making } = now;
  return (
    <>
      {making && (
        <>
          <p role="status">{say.making[making.what]}</p>
          <progress class="bar" aria-label={making.what === "small" ? say.progress : say.making.sound} value={making.done} max={1} />
          {making.left !== null && <p class="quiet times">{say.left(making.left)}</p>}
          <p class="quiet">{say.keepOpen}</p>
        </>
      )}
      {now.soundGoes && <p role="status">{say.soundGoes}</p>}
      <p class="actions">
        {making?.what === "small" && now.asItIs && <button type="button" onClick={now.asItIs}>{say.insteadAsItIs}</button>}
        {!now.soundGoes && <Sure label={words.upload.cancel} question={words.upload.cancelSure} busy={false} run={() => now.stop()} />}
      </p>
    </>
  );
}
