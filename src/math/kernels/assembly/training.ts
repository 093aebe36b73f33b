export { fmBackward, fmForward } from './fm';
export { gemm } from './gemm';
export { adam, fillRows, gatherAdd, rectify, rectifyBack } from './perceptron';
export { spmm } from './spmm';
