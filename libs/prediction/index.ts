export { ModelGateDto } from './dto/model.dto.js';
export { ModelsService } from './models.service.js';
export { Prediction } from './prediction.entity.js';
export { PredictionHttpModule } from './prediction.http.module.js';
export { PredictionJobsModule } from './prediction.jobs.module.js';
export { PredictionModule } from './prediction.module.js';
export { PredictionService } from './prediction.service.js';
