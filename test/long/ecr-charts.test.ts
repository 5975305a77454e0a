import { testChartsInEcr } from '../support/ecr-run-charts.ts';

testChartsInEcr(1);
