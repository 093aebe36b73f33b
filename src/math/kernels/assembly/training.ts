export { gemm } from './gemm';
export { spmm } from './spmm';
