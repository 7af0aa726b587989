export { unpackedChromium } from './printing/chromium-unpack.js';
export * from './printing/pdf-printer.js';
export * from './gathering/content.js';
export { fontFolder } from './printing/fonts.js';
export { reportFileName, reportHtml } from './report-html.js';
export { ReportHttpModule } from './report.http.module.js';
export { ReportJobsModule } from './report.jobs.module.js';
export { ReportModule } from './report.module.js';
export { ReportService } from './report.service.js';
