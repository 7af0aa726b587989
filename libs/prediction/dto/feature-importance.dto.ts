import type { PlantPrediction } from '#ml';
import { ApiProperty } from '@nestjs/swagger';
import { figure } from '#platform';
import { TAGS } from '#tep';

export class FeatureDto {
  @ApiProperty({ example: 'XMEAS_21' })
  tag!: string;

  @ApiProperty({ example: 'Reactor cooling water outlet temperature' })
  name!: string;

  @ApiProperty({ example: 4.1, description: 'Signed part of the explained difference in log-odds' })
  attribution!: number;

  @ApiProperty({ example: 0.38, description: 'Share of all attributions by size, 0 to 1' })
  share!: number;
}

export class FeatureImportanceDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ enum: ['integrated_gradients'] })
  method!: 'integrated_gradients';

  @ApiProperty({ example: 'IDV 4' })
  explains!: string;

  @ApiProperty({ example: 0.004, description: 'Share of the difference which the attributions miss' })
  completeness_gap!: number;

  @ApiProperty({ type: [FeatureDto], description: 'Most important first' })
  features!: FeatureDto[];

  static of(jobId: string, { feature_importance: importance }: PlantPrediction): FeatureImportanceDto {
    const names = new Map(TAGS.map(({ code, name }) => [code, name]));
    return {
      job_id: jobId,
      method: importance.method,
      explains: importance.explains,
      completeness_gap: figure(importance.completeness_gap),
      features: importance.tags.map(({ tag, attribution, share }) => ({
        tag,
        name: names.get(tag) ?? tag,
        attribution: figure(attribution),
        share: figure(share),
      })),
    };
  }
}
