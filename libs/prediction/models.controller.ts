import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequireRole } from '#platform';
import {
  ActivateModelDto,
  EvaluatedModelCardDto,
  ModelDto,
  ModelListDto,
  ModelNameParams,
  ModelVersionParams,
} from './dto/model.dto.js';
import { ModelsService } from './models.service.js';

@ApiTags('Models')
@Controller('models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listModels',
    summary: 'All readable versions of all models with their cards',
  })
  @ApiOkResponse({ type: ModelListDto })
  async list(): Promise<ModelListDto> {
    return { items: (await this.models.list()).map((listing) => ModelDto.of(listing)) };
  }

  @Get(':name/:version/card')
  @ApiOperation({
    operationId: 'getModelCard',
    summary: 'The card of one version with what it was measured at',
  })
  @ApiOkResponse({ type: EvaluatedModelCardDto })
  @ApiProblems(400, 404, 422)
  async card(@Param() { name, version }: ModelVersionParams): Promise<EvaluatedModelCardDto> {
    const [card, evaluation] = await Promise.all([
      this.models.card(name, version),
      this.models.evaluation(name, version),
    ]);
    return { ...card, evaluation };
  }

  @Post(':name/activate')
  @HttpCode(200)
  @RequireRole('admin')
  @ApiOperation({ operationId: 'activateModel', summary: 'Use a version from now on, also to roll back' })
  @ApiOkResponse({ type: ModelDto })
  @ApiProblems(400, 404, 422)
  async activate(
    @Param() { name }: ModelNameParams,
    @Body() { version }: ActivateModelDto,
  ): Promise<ModelDto> {
    return ModelDto.of({ card: await this.models.activate(name, version), active: true });
  }
}
