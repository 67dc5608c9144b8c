// The stages that a name with variables may mean (`FROM base-$TARGETARCH`, `COPY --from=build-${VARIANT}`).
import { HOLE_END, HOLE_START } from "../shell/word.ts";
import { escapeExpression } from "./path.ts";

const VARIABLE = new RegExp(`\\$\\{[^}]*\\}|\\$\\w+|${HOLE_START}[^${HOLE_END}]*${HOLE_END}`);

/**
 * Numbers of the stages whose names fit a name, as written or rendered, whatever its variables are; none for a name
 * without variables, and none for one that is all variable, which tells nothing.
 */
export function stagesLike(
  name: string,
  stages: readonly { readonly name: string | undefined; readonly index: number }[],
): readonly number[] {
  const fixed = name.split(VARIABLE);
  if (fixed.length === 1 || fixed.every((part) => part === "")) return [];
  const source = fixed.map(escapeExpression).join(".*");
  const expression = new RegExp(`^${source}$`, "i");
  return stages.flatMap((stage) =>
    stage.name !== undefined && expression.test(stage.name) ? [stage.index] : [],
  );
}
