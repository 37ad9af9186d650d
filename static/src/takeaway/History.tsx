import { dayAndTime } from "../time/format";
import { words } from "../words";
import { wholeCycle as said } from "../words/wholeCycle";
import { Chapter } from "./parts";
import type { Whole } from "./WholePage";

/** Each move of the stage line, and what interrupted it. */
export function History({ whole: { found: { cycle }, name } }: { whole: Whole }) {
  const moves = cycle.history.map(({ stage, at, by }) => ({ text: said.moved(words.stages[stage]), at, by }));
  if (cycle.waiver) moves.push({ text: said.waived, ...cycle.waiver });
  if (cycle.paused) moves.push({ text: said.paused, ...cycle.paused });
  if (cycle.cancelled) moves.push({ text: said.cancelled, ...cycle.cancelled });
  moves.sort((a, b) => a.at.localeCompare(b.at));
  return (
    <Chapter title={said.history} empty={moves.length === 0}>
      <table>
        <tbody>
          {moves.map(({ text, at, by }) => (
            <tr key={at + text}><th scope="row">{text}</th><td>{dayAndTime(at)}</td><td>{name(by)}</td></tr>
          ))}
        </tbody>
      </table>
      {cycle.waiver?.note && <p class="body" dir="auto">{cycle.waiver.note}</p>}
      {cycle.next && <p>{said.nextOf}</p>}
    </Chapter>
  );
}
