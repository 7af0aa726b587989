import type { Request, Response } from 'express';
import type { Report, ReportFile } from './report.entity.js';

/**
 * Sends a PDF with its name, its checksum as ETag (304 when the client has it) and, if asked for, one byte range
 * (206; 416 when it is not in the file; If-Range is respected). Several ranges at once get the whole file.
 */
export function sendPdf(
  { report, file }: { report: Report; file: ReportFile },
  request: Request,
  response: Response,
): void {
  const etag = `"${file.sha256}"`;
  response.setHeader('ETag', etag);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Cache-Control', 'private, max-age=0, must-revalidate');
  response.setHeader('Content-Type', 'application/pdf');
  response.setHeader('Content-Disposition', dispositionOf(report.filename ?? 'report.pdf'));
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  const range = wantedRange(request, file.size, etag);
  if (range === 'unsatisfiable') {
    response.status(416).setHeader('Content-Range', `bytes */${file.size}`).end();
    return;
  }
  if (range === undefined) {
    response.end(file.content);
    return;
  }
  response.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${file.size}`);
  response.end(file.content.subarray(range.start, range.end + 1));
}

/** The name in ASCII, and where it has other letters as it is (RFC 6266); names are made of letters, digits, `.`, `_` and `-`. */
function dispositionOf(filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]+/g, '-');
  const whole = ascii === filename ? '' : `; filename*=UTF-8''${encodeURIComponent(filename)}`;
  return `attachment; filename="${ascii}"${whole}`;
}

function wantedRange(
  request: Request,
  size: number,
  etag: string,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const ifRange = request.headers['if-range'];
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  const ranges = request.range(size);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1)
    return undefined;
  return ranges[0];
}
