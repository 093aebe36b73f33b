import { startChild } from './harness/child.ts';
import * as b from './recorder.ts';
const which=(process.argv[2]??'all').split(',');
const sink=await startChild<{port:number}>('sink',{core:1});
const t=(b as any).open(which,{name:'x',folder:'/work/main/var',port:sink.ready.port});
const block=(b as any).createBlock(t);
for(let i=0;i<20;i++)await block();
let u0=process.cpuUsage(); const n=+(process.argv[3]??150); let best=1e9;
for(let i=0;i<n;i++){best=Math.min(best,await block());}
const u=process.cpuUsage(u0);
const ru=process.resourceUsage();console.log('minflt/req',((ru.minorPageFault)/n/1920).toFixed(3),'ctx',(ru.voluntaryContextSwitches/n/1920).toFixed(3));console.log(which.join('+'),'user',(u.user/n/1920).toFixed(2),'sys',(u.system/n/1920).toFixed(2),'best',best.toFixed(2));
await t.close(); await sink.end();
