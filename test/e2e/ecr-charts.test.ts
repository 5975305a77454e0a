import { testChartsInEcr } from '../support/ecr-run-charts.ts';

// all of them are in test/long
testChartsInEcr(5);
