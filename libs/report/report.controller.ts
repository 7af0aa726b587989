import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import {
  AcceptsJob,
  API_PREFIX,
  ApiProblems,
  Caller,
  jobAccepted,
  type JobAcceptedDto,
  JobHeaders,
  JobIdParams,
  type Page,
  type Principal,
} from '#platform';
import { CreateReportDto } from './dto/create-report.dto.js';
import { ReportListQuery } from './dto/report-list.query.js';
import { ReportDto, ReportPageDto } from './dto/report.dto.js';
import { sendPdf } from './report-download.js';
import { ReportService } from './report.service.js';

@ApiTags('Report')
@Controller('reports')
export class ReportController {
  constructor(private readonly reports: ReportService) {}

  @Post()
  @AcceptsJob()
  @ApiOperation({ operationId: 'requestReport', summary: 'Ask for a PDF report; poll status_url' })
  @ApiProblems(400, 404, 422, 429, 503)
  async request(
    @Body() dto: CreateReportDto,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Caller() caller: Principal,
  ): Promise<JobAcceptedDto> {
    return jobAccepted(`${API_PREFIX}/reports`, await this.reports.request(dto, idempotencyKey, caller));
  }

  @Get()
  @ApiOperation({ operationId: 'listReports', summary: 'List reports, the newest first' })
  @ApiOkResponse({ type: ReportPageDto })
  @ApiProblems(400)
  list(@Query() query: ReportListQuery): Promise<Page<ReportDto>> {
    return this.reports.list(query);
  }

  @Get(':job_id')
  @ApiOperation({ operationId: 'getReport', summary: 'How far a report is' })
  @ApiOkResponse({ type: ReportDto })
  @JobHeaders()
  @ApiProblems(400, 404)
  async read(@Param() { job_id }: JobIdParams): Promise<ReportDto> {
    return this.reports.present(await this.reports.require(job_id));
  }

  @Delete(':job_id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'cancelReport', summary: 'Cancel a report that is not finished' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  cancel(@Param() { job_id }: JobIdParams): Promise<void> {
    return this.reports.cancel(job_id);
  }

  @Get(':job_id/download')
  @ApiOperation({ operationId: 'downloadReport', summary: 'The PDF; supports ETag and one byte range' })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 206, description: 'The range', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 304, description: 'The client has it already' })
  @ApiProblems(400, 404, 409, 416)
  async download(
    @Param() { job_id }: JobIdParams,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    sendPdf(await this.reports.file(job_id), request, response);
  }
}
