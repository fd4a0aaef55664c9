import { startDemo } from "./app/demo";

void startDemo();
