/** Picking and following an upload come together: between the two the connection may go. */
export { AddLessonPage } from "./AddLessonPage";
export { OpenUploads } from "./OpenUploads";
export { UploadPage } from "./UploadPage";
