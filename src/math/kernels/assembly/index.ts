export { dot } from './dot';
export { mmr } from './mmr';
export { nearest } from './nearest';
export { nearestTwoStage } from './nearest-two-stage';
export { pool } from './pool';
export { sgns } from './sgns';
export { select, top } from './top';
