import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequireRole } from '#platform';
import {
  ActivateModelDto,
  ModelCardDto,
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
  @ApiOperation({ summary: 'All models with their cards' })
  @ApiOkResponse({ type: ModelListDto })
  async list(): Promise<ModelListDto> {
    return { items: (await this.models.list()).map((listing) => ModelDto.of(listing)) };
  }

  @Get(':name/:version/card')
  @ApiOperation({ summary: 'The card of one version' })
  @ApiOkResponse({ type: ModelCardDto })
  @ApiProblems(400, 404)
  card(@Param() { name, version }: ModelVersionParams): Promise<ModelCardDto> {
    return this.models.card(name, version);
  }

  @Post(':name/activate')
  @HttpCode(200)
  @RequireRole('admin')
  @ApiOperation({ summary: 'Use a version from now on, also to roll back' })
  @ApiOkResponse({ type: ModelDto })
  @ApiProblems(400, 404, 422)
  async activate(
    @Param() { name }: ModelNameParams,
    @Body() { version }: ActivateModelDto,
  ): Promise<ModelDto> {
    return ModelDto.of({ card: await this.models.activate(name, version), active: true });
  }
}
