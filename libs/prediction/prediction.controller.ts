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
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { CATALOGUE } from '#equipment';
import type { Request, Response } from 'express';
import {
  AcceptsJob,
  API_PREFIX,
  ApiProblems,
  Caller,
  EVENTS,
  jobAccepted,
  type JobAcceptedDto,
  JobIdParams,
  JobQuery,
  keptAnswer,
  type KeptAnswer,
  type Page,
  pollHeaders,
  type Principal,
  wantedMembers,
} from '#platform';
import { CreatePredictionDto } from './dto/create-prediction.dto.js';
import { FeatureImportanceDto } from './dto/feature-importance.dto.js';
import { PredictionListQuery } from './dto/prediction-list.query.js';
import { ListedPredictionDto, PredictionDto, PredictionPageDto } from './dto/prediction.dto.js';
import { importanceChart } from './importance-chart.js';
import { PREDICTION_REMOVALS } from './prediction.repository.js';
import { PredictionService } from './prediction.service.js';

const SVG = 'image/svg+xml';
/** Jobs, and the codes of their equipment. */
const SOURCES = [EVENTS, PREDICTION_REMOVALS, CATALOGUE];

@ApiTags('Prediction')
@Controller('predictions')
export class PredictionController {
  constructor(private readonly predictions: PredictionService) {}

  @Post()
  @AcceptsJob()
  @ApiOperation({ operationId: 'requestPrediction', summary: 'Ask for a prediction; poll status_url' })
  @ApiProblems(400, 404, 422, 429, 503)
  async request(
    @Body() dto: CreatePredictionDto,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Caller() caller: Principal,
  ): Promise<JobAcceptedDto> {
    return jobAccepted(
      `${API_PREFIX}/predictions`,
      await this.predictions.request(dto, idempotencyKey, caller),
    );
  }

  @Get()
  @ApiOperation({
    operationId: 'listPredictions',
    summary: 'List predictions without their results, the newest first',
  })
  @ApiOkResponse({ type: PredictionPageDto })
  @ApiProblems(400, 404)
  list(@Query() query: PredictionListQuery): KeptAnswer<Page<ListedPredictionDto>> {
    return keptAnswer({ from: SOURCES }, () => this.predictions.list(query));
  }

  @Get(':job_id')
  @ApiOperation({ operationId: 'getPrediction', summary: 'How far a prediction is, and its result' })
  @ApiOkResponse({ type: PredictionDto })
  @ApiProblems(400, 404)
  read(@Param() { job_id }: JobIdParams, @Query() query: JobQuery): KeptAnswer<PredictionDto> {
    const body = (prediction: PredictionDto) => wantedMembers(prediction, query);
    return keptAnswer({ from: SOURCES, headers: pollHeaders, body }, () => this.predictions.read(job_id));
  }

  @Delete(':job_id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'cancelPrediction', summary: 'Cancel a prediction that is not finished' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  cancel(@Param() { job_id }: JobIdParams): Promise<void> {
    return this.predictions.cancel(job_id);
  }

  @Get(':job_id/feature-importance')
  @ApiOperation({
    operationId: 'getFeatureImportance',
    summary: 'Which tags the diagnosis rests on; as a chart with Accept: image/svg+xml',
  })
  @ApiProduces('application/json', SVG)
  @ApiOkResponse({ type: FeatureImportanceDto })
  @ApiProblems(400, 404, 409)
  async featureImportance(
    @Param() { job_id }: JobIdParams,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const importance = await this.predictions.featureImportance(job_id);
    response.vary('Accept');
    if (request.accepts('application/json', SVG) === SVG)
      response.type(SVG).send(importanceChart(importance));
    else response.json(importance);
  }
}
