import type { Id } from "../api/shapes";
import { useCommand } from "../app/command";
import { Sure } from "../form/Sure";
import { useNewIds } from "../form/newIds";
import { WrittenField } from "../form/WrittenField";
import { dropWriting } from "../form/writing";
import type { OpenCycle } from "../live/cycle";
import { words } from "../words";

const MOST = 3;
const LONGEST = 200;

/** One to three questions. A new one has its id from the first letter on, so that nothing moves when it arrives. */
export function Questions({ page, writes }: { page: OpenCycle; writes: boolean }) {
  const cycle = page.cycle.value!;
  const known = Object.keys(cycle.questions);
  const fresh = useNewIds(`${page.id}.question.`, (id) => id in cycle.questions);
  const remove = useCommand(`/api/cycles/${page.id}/commands`);
  const ids = writes ? [...known, ...fresh.ids] : known;
  if (!writes && ids.length === 0) return null;

  function take(id: Id): void {
    dropWriting(`${page.id}.question.${id}`);
    if (id in cycle.questions) void remove.run({ type: "remove_question", question: id });
    else fresh.drop(id);
  }

  return (
    <div class="field" role="group" aria-labelledby="focus-questions">
      <strong id="focus-questions">{words.plan.questions}</strong>
      {writes && <small class="quiet">{words.plan.questionsSay}</small>}
      {ids.map((id, n) => (
        <div key={id} class="question">
          <WrittenField
            label={words.plan.question(n + 1)} shelf={`${page.id}.question.${id}`} written={cycle.questions[id]} disabled={!writes} focus={fresh.isLatest(id)} oneLine required
            longest={LONGEST} path={`/api/cycles/${page.id}/commands`} command={(text, revision) => ({ type: "write_question", question: id, text, revision })}
          />
          {writes && (id in cycle.questions
            ? <Sure label={words.plan.takeAway} about={words.plan.question(n + 1)} question={words.plan.takeAwayQuestion} busy={remove.busy.value} run={() => take(id)} />
            : <button type="button" class="plain" onClick={() => take(id)}>{words.plan.takeAway}<span class="unseen"> {words.plan.question(n + 1)}</span></button>)}
        </div>
      ))}
      <p role="alert" class="says">{remove.says.value}</p>
      {writes && ids.length < MOST && <p><button type="button" onClick={fresh.begin}>{words.plan.addQuestion}</button></p>}
    </div>
  );
}
