const N=200000;
const buf=Buffer.allocUnsafe(1<<20);
function bench(name:string,f:(i:number)=>void){let best=1e9;for(let k=0;k<15;k++){const t=performance.now();for(let i=0;i<N;i++)f(i);best=Math.min(best,(performance.now()-t)*1e6/N);}console.log(name.padEnd(24),best.toFixed(1),'ns');}
for(const n of [8,16,32,64,150]){const t=Buffer.alloc(n,65);bench('set '+n,(i)=>{buf.set(t,(i&1023)*512);});
bench('loop '+n,(i)=>{const at=(i&1023)*512;for(let j=0;j<t.length;j++)buf[at+j]=t[j];});
}
const u8=new Uint8Array(buf.buffer,buf.byteOffset,buf.length);
for(const n of [16,64,150]){const t=new Uint8Array(n).fill(65);bench('u8 set '+n,(i)=>{u8.set(t,(i&1023)*512);});
bench('u8 loop '+n,(i)=>{const at=(i&1023)*512;for(let j=0;j<t.length;j++)u8[at+j]=t[j];});}
const s='4bf92f3577b34da6a3ce929d0e0e4736';
bench('write latin1 32',(i)=>{buf.latin1Write(s,(i&1023)*512,32)});
bench('write utf8 32',(i)=>{buf.utf8Write(s,(i&1023)*512,32)});
bench('charloop 32',(i)=>{const at=(i&1023)*512;for(let j=0;j<s.length;j++)buf[at+j]=s.charCodeAt(j);});
bench('Date.now',()=>{Date.now()});
bench('perf.now',()=>{performance.now()});
