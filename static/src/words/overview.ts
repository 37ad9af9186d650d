/** What is read on screen about this part of a cycle. */
export const overview = {};
