/**
 * Pure: a snapshot and the next event of its stream give the next snapshot, never changing the one they were given.
 * `steps/` has what each event changes, feature by feature, exactly as service/coaching folds it.
 */
export { reduceCycle } from "./reduceCycle";
export { reduceLesson } from "./reduceLesson";
export { type Drafts, type NotebookPage, reduceNotebook } from "./reduceNotebook";
