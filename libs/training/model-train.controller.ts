import { Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AcceptsJob,
  ApiProblems,
  Caller,
  jobAccepted,
  type JobAcceptedDto,
  type Principal,
  RequireRole,
} from '#platform';
import { TrainedModelParams, TrainModelDto } from './dto/train-model.dto.js';
import { TrainingService, TRAININGS_PATH } from './training.service.js';

@ApiTags('Models')
@Controller('models')
export class ModelTrainController {
  constructor(private readonly trainings: TrainingService) {}

  @Post(':name/train')
  @AcceptsJob()
  @RequireRole('admin')
  @ApiOperation({
    operationId: 'trainModel',
    summary: 'Train a new version of a model; poll status_url. One training at a time',
  })
  @ApiBody({
    type: TrainModelDto,
    examples: {
      lots: { summary: 'From lots of normal operation', value: { lot_ids: [3, 4, 5] } },
      windows: {
        summary: 'From windows of plant time, without using it yet',
        value: {
          windows: [{ from: '2026-03-01T00:00:00Z', to: '2026-03-21T00:00:00Z' }],
          activate: false,
        },
      },
      simulated: { summary: 'From simulated runs', value: { source: 'simulated', quick: true, seed: 7 } },
    },
  })
  @ApiProblems(400, 404, 409, 422, 503)
  async train(
    @Param() { name }: TrainedModelParams,
    @Body() dto: TrainModelDto,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Caller() caller: Principal,
  ): Promise<JobAcceptedDto> {
    return jobAccepted(TRAININGS_PATH, await this.trainings.request(name, dto, idempotencyKey, caller));
  }
}
