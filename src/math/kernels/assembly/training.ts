export { fmBackward, fmForward } from './fm';
export { gemm } from './gemm';
export { adam, fillRows, gatherAdd, rectify, rectifyBack } from './perceptron';
export { keep } from './keep';
export { linked, spgemm } from './spgemm';
export { spmm } from './spmm';
