export { adam, fillRows, gatherAdd, rectify, rectifyBack } from './perceptron';
export { bpr } from './bpr';
export { cholesky } from './cholesky';
export { fmBackward, fmForward } from './fm';
export { gemm } from './gemm';
export { ials } from './ials';
export { keep } from './keep';
export { linked, spgemm } from './spgemm';
export { spmm } from './spmm';
