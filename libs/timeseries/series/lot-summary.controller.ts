import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LotIdParams } from '#lot';
import { ApiProblems } from '#platform';
import { LotSummaryDto } from './dto/lot-summary.dto.js';
import { LotSummaryService } from './lot-summary.service.js';

@ApiTags('Lot')
@Controller('lots/:lot_id/summary')
export class LotSummaryController {
  constructor(private readonly summaries: LotSummaryService) {}

  @Get()
  @ApiOperation({
    operationId: 'getLotSummary',
    summary: 'Sum up a lot: length, sample coverage, and what every tag did',
  })
  @ApiOkResponse({ type: LotSummaryDto })
  @ApiProblems(400, 404)
  read(@Param() { lot_id }: LotIdParams): Promise<LotSummaryDto> {
    return this.summaries.summary(lot_id);
  }
}
