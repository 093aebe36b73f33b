export { dot } from './dot';
export { mmr } from './mmr';
export { nearest } from './nearest';
export { sgns } from './sgns';
