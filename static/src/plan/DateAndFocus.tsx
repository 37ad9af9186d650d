import { useId } from "preact/hooks";
import { useCommand } from "../app/command";
import type { OpenCycle } from "../live/cycle";
import { day } from "../time/format";
import { words } from "../words";

/** The day of the lesson, and the program's word for what it is about. */
export function DateAndFocus({ page, writes }: { page: OpenCycle; writes: boolean }) {
  const cycle = page.cycle.value!;
  const path = `/api/cycles/${page.id}/commands`;
  const date = useCommand(path);
  const focus = useCommand(path);
  const id = useId();
  const say = words.plan;
  if (!writes) {
    const facts = [cycle.lesson_date && day(`${cycle.lesson_date}T12:00:00Z`), cycle.focus_category && words.home.focus(cycle.focus_category)].filter(Boolean);
    return facts.length > 0 ? <p>{facts.join(" · ")}</p> : null;
  }
  const offered = page.snapshot.value?.offered.focus_categories ?? [];
  // One that the program has dropped since may stay.
  const categories = cycle.focus_category && !offered.includes(cycle.focus_category) ? [cycle.focus_category, ...offered] : offered;

  function setDate(to: string): void {
    // While a year is being typed, the browser names those of the Romans.
    if (to !== "" && Number(to.slice(0, 4)) < 1900) return;
    if ((to || null) !== cycle.lesson_date) void date.run({ type: "set_lesson_date", date: to || null });
  }

  return (
    <div class="two">
      <div class="field">
        <label for={`${id}-date`}>{say.date}</label>
        <input id={`${id}-date`} type="date" value={cycle.lesson_date ?? ""} onChange={({ currentTarget }) => setDate(currentTarget.value)} />
        <p role="alert" class="says">{date.says.value}</p>
      </div>
      <div class="field">
        <label for={`${id}-focus`}>{say.focus}</label>
        <small class="quiet" id={`${id}-hint`}>{say.focusHint}</small>
        <select
          id={`${id}-focus`} aria-describedby={`${id}-hint`} value={cycle.focus_category ?? ""}
          onChange={({ currentTarget }) => void focus.run({ type: "choose_focus", category: currentTarget.value || null })}
        >
          <option value="">{say.focusNone}</option>
          {categories.map((category) => <option key={category} value={category}>{category}</option>)}
        </select>
        <p role="alert" class="says">{focus.says.value}</p>
      </div>
    </div>
  );
}
