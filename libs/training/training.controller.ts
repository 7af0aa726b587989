import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, JobHeaders, JobIdParams, type Page, RequireRole } from '#platform';
import { TrainingListQuery } from './dto/training-list.query.js';
import { TrainingDto, TrainingPageDto } from './dto/training.dto.js';
import { TrainingService } from './training.service.js';

@ApiTags('Models')
@Controller('model-trainings')
export class TrainingController {
  constructor(private readonly trainings: TrainingService) {}

  @Get()
  @ApiOperation({ operationId: 'listModelTrainings', summary: 'List trainings, the newest first' })
  @ApiOkResponse({ type: TrainingPageDto })
  @ApiProblems(400)
  list(@Query() query: TrainingListQuery): Promise<Page<TrainingDto>> {
    return this.trainings.list(query);
  }

  @Get(':job_id')
  @ApiOperation({
    operationId: 'getModelTraining',
    summary: 'How far a training is, and the version it made',
  })
  @ApiOkResponse({ type: TrainingDto })
  @JobHeaders()
  @ApiProblems(400, 404)
  async read(@Param() { job_id }: JobIdParams): Promise<TrainingDto> {
    return TrainingDto.of(await this.trainings.require(job_id));
  }

  @Delete(':job_id')
  @HttpCode(204)
  @RequireRole('admin')
  @ApiOperation({ operationId: 'cancelModelTraining', summary: 'Cancel a training that is not finished' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  cancel(@Param() { job_id }: JobIdParams): Promise<void> {
    return this.trainings.cancel(job_id);
  }
}
