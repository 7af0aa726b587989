export { unpackedChromium } from './chromium-unpack.js';
export * from './pdf-printer.js';
export * from './report-content.js';
export { fontFolder } from './report-fonts.js';
export { reportFileName, reportHtml } from './report-html.js';
export { ReportHttpModule } from './report.http.module.js';
export { ReportJobsModule } from './report.jobs.module.js';
